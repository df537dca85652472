"""`python -m eksclave_emulator [--port N]`: start, print the address as one JSON line, end with the parent."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
import time


def main() -> None:
    """Serve on loopback until told to stop, a signal comes, or the process that started us is gone."""
    parser = argparse.ArgumentParser(prog="eksclave_emulator", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port on loopback; 0 takes a free one")
    parser.add_argument("--stay", action="store_true", help="go on when the starting process ends")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGINT, signal.SIG_IGN if not sys.stdin.isatty() else signal.default_int_handler)
    if not asked.stay:
        threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    from .server import serve

    def told(port: int) -> None:
        print(json.dumps({"url": f"http://127.0.0.1:{port}", "pid": os.getpid()}), flush=True)

    try:
        serve("127.0.0.1", asked.port, told)
    except OSError as error:
        print(json.dumps({"error": str(error)}), flush=True)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(0)


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(0)


if __name__ == "__main__":
    main()
