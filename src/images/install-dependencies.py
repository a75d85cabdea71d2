"""Installs an application's dependencies. Runs as root in a container of its own, whose file system becomes a layer.

Reads request.json beside itself: {"pip": [...], "debian": [...], "npm": [...], "pipIndexUrl", "npmRegistryUrl", "aptMirror", "proxy"}; extra
certificates lie in ca.pem, and npm itself in npm/ when its packages are asked for.
Every command is a list of words: nothing here passes through a shell. What must not end in the layer is removed at the end.
"""

import base64
import json
import os
import pathlib
import shutil
import subprocess
import sys
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
DEPENDENCIES = "/opt/berth/dependencies"
NODE_MODULES = "/node_modules"
PROJECT = HERE / "project"
SYSTEM_CERTIFICATES = pathlib.Path("/etc/ssl/certs/ca-certificates.crt")
LEFTOVERS = ["/var/lib/apt/lists", "/var/cache/apt", "/root/.cache", "/var/log/apt", "/var/log/dpkg.log", "/var/cache/debconf"]


def main():
    request = json.loads((HERE / "request.json").read_text())
    environment = environment_for(request)
    for command in commands_for(request):
        print("+", " ".join(command), flush=True)
        where = PROJECT if PROJECT.exists() else None
        code = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, cwd=where).returncode
        if code != 0:
            print(f"{command[0]} ended with exit code {code}", flush=True)
            return 1
    if request.get("npm"):
        os.rename(PROJECT / "node_modules", NODE_MODULES)
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
    if request.get("npm"):
        write_project(request)
        yield ["/usr/local/bin/node", str(HERE / "npm" / "bin" / "npm-cli.js"), "install"]


def write_project(request):
    """What is asked for becomes the dependencies of a project that exists only to be installed; `name@range` was checked by the platform."""
    PROJECT.mkdir()
    wanted = dict(word.rsplit("@", 1) for word in request["npm"])
    (PROJECT / "package.json").write_text(json.dumps({"private": True, "dependencies": wanted}))
    (HERE / "npmrc").write_text("\n".join(npm_settings(request)) + "\n")


def npm_settings(request):
    # Scripts of packages do not run: code at build time, as root and with a network, is a right that nobody has asked for.
    yield from ("ignore-scripts=true", "omit=dev", "package-lock=false", "audit=false", "fund=false", "update-notifier=false")
    yield from ("progress=false", "loglevel=http", "fetch-timeout=60000", "fetch-retry-maxtimeout=20000", f"cache={HERE / 'npm-cache'}")
    if request["proxy"]:
        yield from (f"proxy={request['proxy']}", f"https-proxy={request['proxy']}")
    if (HERE / "ca.pem").exists():
        yield f"cafile={certificates()}"
    if request["npmRegistryUrl"]:
        yield from registry_settings(request["npmRegistryUrl"])


def registry_settings(address):
    """npm wants the name and password of an address apart from it, for that address alone."""
    url = urllib.parse.urlsplit(address)
    place = url.netloc.rpartition("@")[2] + url.path.rstrip("/") + "/"
    yield f"registry={url.scheme}://{place}"
    if url.username is not None:
        pair = f"{urllib.parse.unquote(url.username)}:{urllib.parse.unquote(url.password or '')}"
        yield f"//{place}:_auth={base64.b64encode(pair.encode()).decode()}"


def apt_options(request):
    """What apt is told on its command line, which people read: a proxy, whose address may hold a password, it finds in the environment."""
    options = []
    if (HERE / "ca.pem").exists():
        options += ["-o", f"Acquire::https::CaInfo={certificates()}"]
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
    if request.get("npm"):
        environment["NPM_CONFIG_USERCONFIG"] = str(HERE / "npmrc")
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
