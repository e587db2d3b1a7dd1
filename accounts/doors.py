"""Policies of the doors that allauth brings; ours say theirs on the view."""

from core import policy

policy.declare("account_login", policy.PUBLIC)
policy.declare("mfa_authenticate", policy.PUBLIC)
for _name in (
    "account_logout",
    "account_reauthenticate",
    "mfa_reauthenticate",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
):
    policy.declare(_name, policy.SIGNED_IN)
