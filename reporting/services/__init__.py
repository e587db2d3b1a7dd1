"""Every write of reporting. Callers name the module: ``reporting.services.drafting`` and so on."""
