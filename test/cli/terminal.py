"""Runs a command on a pseudo-terminal of 100 columns. What it prints goes to stdout, what comes on stdin is typed, and
the end of stdin closes the terminal. Ends with the command's exit code, or 128 + its signal."""

import fcntl
import os
import pty
import select
import struct
import sys
import termios

pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
while True:
    ready, _, _ = select.select([terminal, 0], [], [])
    if 0 in ready:
        typed = os.read(0, 1024)
        if not typed:
            os.close(terminal)
            break
        os.write(terminal, typed)
    if terminal in ready:
        try:
            printed = os.read(terminal, 65536)
        except OSError:  # Linux says so when the last process has left the terminal
            break
        if not printed:
            break
        os.write(1, printed)
code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
sys.exit(code if code >= 0 else 128 - code)
