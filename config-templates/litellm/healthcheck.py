"""Health of one replica: readiness answers 200. A raw socket, since importing urllib costs more than the check."""

import socket
import sys

with socket.create_connection(("127.0.0.1", 4000), timeout=8) as connection:
    connection.sendall(b"GET /health/readiness HTTP/1.0\r\nHost: localhost\r\n\r\n")
    status = connection.recv(64)
sys.exit(0 if b" 200 " in status else 1)
