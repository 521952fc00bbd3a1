"""A real SMTP server on loopback whose moods are named by the recipient.

usage: smtp_server.py FOLDER PORT
Every mail that it takes becomes a file in FOLDER. `defer-N-...` is put off N times, `refuse-...` is refused for good,
`hang-N-...` is taken N times without an answer. It prints its port when it listens.
"""

import asyncio
import json
import pathlib
import sys
from collections import Counter

from aiosmtpd.smtp import SMTP


class Moods:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.seen = Counter()
        self.taken = len(list(self.folder.glob("*.json")))

    def mood(self, address):
        parts = address.split("@")[0].split("-")
        return parts[0], int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        mood, times = self.mood(address)
        if mood == "refuse":
            return "550 5.1.1 nobody of that name here"
        if mood == "defer":
            self.seen[address] += 1
            if self.seen[address] <= times:
                return "450 4.2.1 come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.taken += 1
        record = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "message": envelope.content.decode("utf-8", "replace"),
        }
        part = self.folder / f"{self.taken:04}.part"
        part.write_text(json.dumps(record))
        part.rename(self.folder / f"{self.taken:04}.json")
        mood, times = self.mood(envelope.rcpt_tos[0])
        if mood == "hang":
            self.seen[envelope.rcpt_tos[0]] += 1
            if self.seen[envelope.rcpt_tos[0]] <= times:
                await asyncio.sleep(3600)
        return "250 2.0.0 taken"


async def main():
    loop = asyncio.get_running_loop()
    moods = Moods(sys.argv[1])
    server = await loop.create_server(lambda: SMTP(moods, hostname="localhost"), "127.0.0.1", int(sys.argv[2]))
    print(server.sockets[0].getsockname()[1], flush=True)
    # Lives as long as whoever started it.
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main())
