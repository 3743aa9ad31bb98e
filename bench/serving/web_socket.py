"""As much of a WebSocket client as the chat needs: text frames out, text frames in."""
import base64
import os
import socket
import struct


class WebSocket:
    def __init__(self, port, path, timeout=60):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self.stream = self.socket.makefile("rb")
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
        self.status = int(self.stream.readline().split()[1])
        while self.stream.readline().strip():
            pass

    def send(self, text):
        self.send_frame(1, text.encode())

    def send_frame(self, opcode, payload):
        length = len(payload)
        size = bytes([0x80 | length]) if length < 126 else bytes([0x80 | 126]) + struct.pack(">H", length)
        mask = os.urandom(4)
        self.socket.sendall(bytes([0x80 | opcode]) + size + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(payload)))

    def receive(self):
        """The next text, or None when the server has closed; pings are answered."""
        while True:
            head = self.stream.read(2)
            if len(head) < 2:
                return None
            opcode, length = head[0] & 15, head[1] & 127
            if length == 126:
                length = struct.unpack(">H", self.stream.read(2))[0]
            elif length == 127:
                length = struct.unpack(">Q", self.stream.read(8))[0]
            payload = self.stream.read(length)
            if opcode == 1:
                return payload.decode()
            if opcode == 8:
                return None
            if opcode == 9:
                self.send_frame(10, payload)

    def close(self, politely=True):
        if politely:
            self.send_frame(8, struct.pack(">H", 1000))
            self.receive()
        self.stream.close()
        self.socket.close()
