"""Cutting a client's TCP connection from inside the process that serves it."""

import os
import socket

import psutil


def cut_connection(client: str) -> bool:
    """Shuts down our end of the connection from `client` ("host:port"); False if there is none (any more).

    The server owns the socket and gives no handle to it, so it is found among the process's own by its peer. With
    HTTP/2 every stream of the connection dies, as it does when Google's front end goes away.
    """
    port = int(client.rpartition(":")[2])
    for connection in psutil.Process().net_connections(kind="tcp"):
        if connection.raddr and connection.raddr.port == port and connection.fd >= 0:
            with socket.socket(fileno=os.dup(connection.fd)) as ours:
                ours.shutdown(socket.SHUT_RDWR)
            return True
    return False
