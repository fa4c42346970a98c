"""Addresses that lead inside, written in every way people have found.

`{port}` is where a listener waits on loopback. `NAMES` are what a hostile name service answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

HOSTILE: tuple[str, ...] = (
    # plain, and with every port and end
    "https://127.0.0.1:{port}/", "https://127.0.0.1/", "https://localhost:{port}/",
    "https://localhost.:{port}/", "https://LOCALHOST:{port}/", "https://localhost.localdomain:{port}/",
    "https://127.0.0.1.:{port}/", "https://127.1:{port}/", "https://127.0.1:{port}/",
    "https://127.255.255.254:{port}/", "https://0:{port}/", "https://0.0.0.0:{port}/",
    "https://0.0.0.0/", "https://[::]:{port}/", "https://[::1]:{port}/", "https://[::1]/",
    "https://[0:0:0:0:0:0:0:1]:{port}/", "https://[0000::0001]:{port}/",
    # numbers of other bases
    "https://2130706433:{port}/", "https://2130706433/", "https://0x7f000001:{port}/",
    "https://0x7f.0.0.1:{port}/", "https://0x7f.1:{port}/", "https://017700000001:{port}/",
    "https://0177.0.0.1:{port}/", "https://0177.0.0.0x1:{port}/", "https://00000177.1:{port}/",
    "https://4294967297.0.0.1:{port}/", "https://127.0.0.1e0:{port}/",
    # an older address inside of a newer one
    "https://[::ffff:127.0.0.1]:{port}/", "https://[::ffff:7f00:1]:{port}/",
    "https://[::ffff:0:127.0.0.1]:{port}/", "https://[::127.0.0.1]:{port}/",
    "https://[64:ff9b::127.0.0.1]:{port}/", "https://[64:ff9b:1::7f00:1]:{port}/",
    "https://[2002:7f00:1::]:{port}/", "https://[2001:0:7f00:1::]:{port}/",
    "https://[fe80::1%25lo]:{port}/", "https://[::1%25lo]:{port}/", "https://[::1%25]:{port}/",
    # clouds and links
    "https://169.254.169.254/latest/meta-data/", "https://169.254.169.254:{port}/",
    "https://[fd00:ec2::254]/latest/meta-data/", "https://metadata/", "https://2852039166/",
    "https://100.100.100.200/", "https://192.168.0.1:{port}/", "https://10.0.0.1:{port}/",
    # dots and letters of other scripts
    "https://127\u30020\u30020\u30021:{port}/", "https://127\uff0e0\uff0e0\uff0e1:{port}/",
    "https://127\uff610\uff610\uff611:{port}/", "https://\uff11\uff12\uff17.0.0.1:{port}/",
    "https://\u2460\u2461\u2466.0.0.1:{port}/", "https://\u24db\u24de\u24d2\u24d0\u24db\u24d7\u24de\u24e2\u24e3:{port}/",
    "https://loc\u00adalhost:{port}/", "https://localhost\u200b:{port}/", "https://localho\u017ft:{port}/",
    "https://xn--localhost:{port}/",
    # who is the host here?
    "https://public.example@127.0.0.1:{port}/", "https://public.example:443@127.0.0.1:{port}/",
    "https://127.0.0.1:{port}@public.example/", "https://public.example%40127.0.0.1:{port}/",
    "https://public.example#@127.0.0.1:{port}/", "https://127.0.0.1:{port}#@public.example/",
    "https://127.0.0.1:{port}\\@public.example/", "https://public.example\\@127.0.0.1:{port}/",
    "https://public.example\\.127.0.0.1:{port}/", "https:\\\\127.0.0.1:{port}\\",
    "https:/127.0.0.1:{port}/", "https:127.0.0.1:{port}", "https:///127.0.0.1:{port}/",
    "https://127.0.0.1:{port}?@public.example/", "//127.0.0.1:{port}/",
    "https://127.0.0.1:443:{port}/", "https://127.0.0.1:0{port}/", "https://[127.0.0.1]:{port}/",
    "https://[::1:{port}/", "https://::1:{port}/",
    # percent signs
    "https://%31%32%37.0.0.1:{port}/", "https://127%2e0%2e0%2e1:{port}/",
    "https://%6c%6f%63alhost:{port}/", "https://127.0.0.1%2f:{port}/", "https://127.0.0.1%00:{port}/",
    "https://localhost%00.public.example:{port}/", "https://127.0.0.1%0d%0a:{port}/",
    # line breaks and blanks
    "https://public.example\r\nHost: 127.0.0.1:{port}/", "https://127.0.0.1:{port}/\r\nX: y",
    "https://127.0.0.1 :{port}/", "\thttps://127.0.0.1:{port}/", "https://127.0.0.1\t:{port}/",
    "https://127.0.0.1\n.public.example:{port}/", " https://localhost:{port}/",
    # other ways to go
    "http://127.0.0.1:{port}/", "HTTP://localhost:{port}/", "ftp://127.0.0.1:{port}/",
    "gopher://127.0.0.1:{port}/_x", "dict://127.0.0.1:{port}/d", "ldap://127.0.0.1:{port}/",
    "tftp://127.0.0.1:{port}/", "ws://127.0.0.1:{port}/", "wss://127.0.0.1:{port}/",
    "file://127.0.0.1:{port}/", "file:///proc/net/tcp", "unix:///var/run/docker.sock",
    "jar:https://127.0.0.1:{port}/x!/", "data:text/calendar,x",
    "javascript:fetch('//127.0.0.1:{port}')",
    "webcal://127.0.0.1:{port}/", "webcals://localhost:{port}/", "webcal://[::1]:{port}/",
    "https+unix://127.0.0.1:{port}/", "socks5://127.0.0.1:{port}/",
    # a public name with a port of somebody inside
    "https://public.example:{port}/", "https://public.example:0/", "https://public.example:22/",
    "https://public.example:99999/", "https://public.example:-1/",
)  # fmt: skip


@dataclass(frozen=True)
class Name:
    """A public name and what its name service answers, one time after the other."""

    says: tuple[Sequence[str], ...]
    what: str
    path: str = field(default="https://public.example/a.ics")


NAMES: tuple[Name, ...] = (
    Name((["127.0.0.1"],), "leads to loopback"),
    Name((["::1"],), "leads to the new loopback"),
    Name((["0.0.0.0"],), "leads to nowhere, which is here"),  # noqa: S104
    Name((["::"],), "leads to the new nowhere"),
    Name((["::ffff:127.0.0.1"],), "carries loopback"),
    Name((["64:ff9b::7f00:1"],), "is translated to loopback"),
    Name((["2002:7f00:1::1"],), "is tunnelled to loopback"),
    Name((["::127.0.0.1"],), "is compatible with loopback"),
    Name((["fe80::1%lo"],), "is on the link"),
    Name((["127.8.8.8"],), "leads to another loopback"),
    Name((["169.254.169.254"],), "leads to a cloud's own data"),
    Name((["8.8.8.8", "127.0.0.1"],), "leads outside and inside"),
    Name((["127.0.0.1", "8.8.8.8"],), "leads inside and outside"),
    Name((["2606:4700::1111", "::1"],), "leads outside and to the new inside"),
    Name((["8.8.8.8"], ["127.0.0.1"]), "is looked at, then leads inside"),
    Name((["8.8.8.8"], ["127.0.0.1"], ["127.0.0.1"]), "is looked at once more"),
    Name((["127.0.0.1"],), "has a dot at its end", "https://public.example./a.ics"),
    Name((["127.0.0.1"],), "is written in another script", "https://b\u00fccher.example/a.ics"),
    Name((["not an address"],), "answers nonsense"),
    Name(([],), "answers nothing"),
)
