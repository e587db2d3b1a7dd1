"""Components as template tags by kind; ``{% load ui %}`` loads them all."""
