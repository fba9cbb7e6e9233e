"""Ends with status 0 when the server in this container and its database answer."""

import os
import ssl
import sys
import urllib.error
import urllib.request

TIMEOUT_S = 4


def main() -> int:
    """Asks the server on loopback, by TLS when it speaks that."""
    by_tls = bool(os.environ.get("CODEINTERVIEW_TLS_CERT"))
    port = os.environ.get("CODEINTERVIEW_PORT") or "8765"
    url = f"{'https' if by_tls else 'http'}://127.0.0.1:{port}/api/v1/health"
    # The certificate is for the server's name, and nobody stands between it and loopback.
    context = ssl._create_unverified_context() if by_tls else None
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
    )
    try:
        with opener.open(url, timeout=TIMEOUT_S) as answer:
            return 0 if answer.status == 200 else 1
    except (OSError, urllib.error.URLError) as error:
        print(f"The server does not answer at {url}: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
