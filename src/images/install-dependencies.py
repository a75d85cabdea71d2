"""Installs an application's dependencies. Runs as root in a container of its own, whose file system becomes a layer.

Reads request.json beside itself: {"pip": [...], "debian": [...], "pipIndexUrl", "aptMirror", "proxy"}; extra certificates lie in ca.pem.
Every command is a list of words: nothing here passes through a shell. What must not end in the layer is removed at the end.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
DEPENDENCIES = "/opt/berth/dependencies"
SYSTEM_CERTIFICATES = pathlib.Path("/etc/ssl/certs/ca-certificates.crt")
LEFTOVERS = ["/var/lib/apt/lists", "/var/cache/apt", "/root/.cache", "/var/log/apt", "/var/log/dpkg.log", "/var/cache/debconf"]


def main():
    request = json.loads((HERE / "request.json").read_text())
    environment = environment_for(request)
    for command in commands_for(request):
        print("+", " ".join(command), flush=True)
        code = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL).returncode
        if code != 0:
            print(f"{command[0]} ended with exit code {code}", flush=True)
            return 1
    clean_up()
    return 0


def commands_for(request):
    if request["debian"]:
        apt = ["apt-get", "-q", "-o", "Acquire::Retries=2", *apt_options(request)]
        yield [*apt, "update"]
        yield [*apt, "install", "-y", "--no-install-recommends", "--", *request["debian"]]
    os.makedirs(DEPENDENCIES, mode=0o755, exist_ok=True)
    if request["pip"]:
        options = ["--no-cache-dir", "--no-input", "--disable-pip-version-check", "--progress-bar", "off", "--root-user-action", "ignore"]
        yield ["python3", "-m", "pip", "install", *options, "--target", DEPENDENCIES, "--", *request["pip"]]


def apt_options(request):
    options = []
    if (HERE / "ca.pem").exists():
        options += ["-o", f"Acquire::https::CaInfo={certificates()}"]
    if request["proxy"]:
        options += ["-o", f"Acquire::http::Proxy={request['proxy']}", "-o", f"Acquire::https::Proxy={request['proxy']}"]
    if request["aptMirror"]:
        sources = HERE / "sources.list"
        sources.write_text(f"deb {request['aptMirror']} {codename()} main\n")
        options += ["-o", f"Dir::Etc::SourceList={sources}", "-o", "Dir::Etc::SourceParts=-"]
    return options


def environment_for(request):
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8", "PYTHONUNBUFFERED": "1", "HOME": "/root"}
    if request["pipIndexUrl"]:
        environment["PIP_INDEX_URL"] = request["pipIndexUrl"]
        index = urllib.parse.urlsplit(request["pipIndexUrl"])
        # pip ignores an index without encryption unless its host is called trusted; whoever sets one means it.
        if index.scheme == "http":
            environment["PIP_TRUSTED_HOST"] = index.hostname or ""
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        if request["proxy"]:
            environment[name] = request["proxy"]
    for name in ("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
        if (HERE / "ca.pem").exists():
            environment[name] = str(certificates())
    return environment


def certificates():
    """The extra certificates together with those that the base image trusts, outside of what becomes the layer."""
    both = HERE / "certificates.pem"
    if not both.exists():
        system = SYSTEM_CERTIFICATES.read_text() if SYSTEM_CERTIFICATES.exists() else ""
        both.write_text(system + "\n" + (HERE / "ca.pem").read_text())
    return both


def codename():
    lines = pathlib.Path("/etc/os-release").read_text().splitlines()
    return next(line.split("=", 1)[1].strip('"') for line in lines if line.startswith("VERSION_CODENAME="))


def clean_up():
    for path in [*LEFTOVERS, str(HERE)]:
        if os.path.isdir(path):
            shutil.rmtree(path)
        elif os.path.exists(path):
            os.remove(path)


if __name__ == "__main__":
    sys.exit(main())
