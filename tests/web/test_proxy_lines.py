"""Whom the example of docs/server/nginx.conf counts as one: a line, and not each address that it has for itself."""

import http.client
import subprocess
import time
from pathlib import Path

import pytest

from web import test_proxy
from web.test_proxy import EXAMPLE, NGINX, free_ports


@pytest.mark.skipif(NGINX is None, reason="nginx is not installed (Debian: nginx-light)")
@pytest.mark.parametrize(
    ("address", "line"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2::9", "2001:db8:1:2::"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:0:1::5", "2001:db8:0:1::"),
        ("2001:db8::9", "2001:db8::"),
        ("::1", ":"),
    ],
)
def test_a_line_is_counted_once_however_many_addresses_it_has(tmp_path: Path, address: str, line: str) -> None:
    example = EXAMPLE.read_text()
    mapped = example[example.index("map $remote_addr") : example.index("limit_req_zone")]
    port, _ = free_ports()
    (tmp_path / "nginx.conf").write_text(
        f"daemon off;\npid {tmp_path}/pid;\nevents {{}}\nhttp {{\naccess_log off;\n"
        + mapped.replace("$remote_addr", "$http_from")
        + f"server {{ listen 127.0.0.1:{port}; location / {{ return 200 $asks; }} }}\n}}\n"
    )
    running = subprocess.Popen([str(NGINX), "-p", str(tmp_path), "-c", "nginx.conf", "-e", f"{tmp_path}/start.log"])
    end = time.monotonic() + 10
    while time.monotonic() < end and not test_proxy._answers(port):
        time.sleep(0.05)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", "/", headers={"From": address})
    said = connection.getresponse().read().decode()
    connection.close()
    running.terminate()
    running.wait(10)

    assert said == line
