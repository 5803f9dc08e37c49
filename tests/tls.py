"""This module has TLS for tests, without certificates."""

from __future__ import annotations

import ssl


def without_certificate(purpose: int) -> ssl.SSLContext:
    """A context whose handshakes need no certificate, which TLS 1.2 has and nobody else should use."""
    context = ssl.SSLContext(purpose)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("aNULL:@SECLEVEL=0")
    return context
