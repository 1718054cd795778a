"""Health of one process in a LiteLLM container: an address answers 200.

A raw socket, since importing urllib costs more than the check.

Usage: healthcheck.py [PORT [PATH]]; LiteLLM's readiness unless told otherwise.
"""

import socket
import sys

port, path = (*sys.argv[1:], *("4000", "/health/readiness")[len(sys.argv) - 1 :])
with socket.create_connection(("127.0.0.1", int(port)), timeout=8) as connection:
    connection.sendall(f"GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
    status = connection.recv(64)
sys.exit(0 if b" 200 " in status else 1)
