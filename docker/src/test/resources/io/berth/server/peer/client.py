"""Drives an engine through docker-py; an assertion that fails is the answer."""
import io
import sys
import tarfile
import time

import docker

client = docker.from_env(timeout=60)
IMAGE = "busybox:test"
assert client.ping()
assert client.version()["Os"] == "linux"
assert client.info()["OSType"] == "linux"

# Containers: output, errors, exit codes
assert client.containers.run(IMAGE, ["echo", "out"], remove=True) == b"out\n"
try:
    client.containers.run(IMAGE, ["sh", "-c", "echo bad >&2; exit 3"], remove=True)
    raise AssertionError("no error")
except docker.errors.ContainerError as e:
    assert e.exit_status == 3 and e.stderr == b"bad\n", e
try:
    client.containers.run("nothere.invalid/x:1")
    raise AssertionError("no error")
except docker.errors.APIError:
    pass

box = client.containers.run(IMAGE, ["sleep", "1000"], name="box", labels={"a": "b"},
                            mem_limit="64m", detach=True, environment={"K": "v"})
assert client.containers.list(filters={"label": "a=b"})[0].id == box.id
assert box.status in ("created", "running")
assert box.top()["Processes"]
assert box.stats(stream=False)["memory_stats"]["usage"] > 0
result = box.exec_run(["sh", "-c", "echo $K; echo e >&2; exit 4"], demux=True)
assert result.exit_code == 4 and result.output == (b"v\n", b"e\n"), result
stream = box.exec_run(["sh", "-c", "echo 1; echo 2"], stream=True)
assert b"".join(stream.output) == b"1\n2\n"
box.pause()
box.reload()
assert box.status == "paused"
box.unpause()
box.rename("boxes")
box.update(mem_limit="128m", memswap_limit="256m")

# Files
data = io.BytesIO()
with tarfile.open(fileobj=data, mode="w") as tar:
    info = tarfile.TarInfo("file")
    info.size = 4
    tar.addfile(info, io.BytesIO(b"text"))
assert box.put_archive("/tmp", data.getvalue())
bits, stat = box.get_archive("/tmp/file")
assert stat["name"] == "file" and stat["size"] == 4, stat
with tarfile.open(fileobj=io.BytesIO(b"".join(bits))) as tar:
    assert tar.extractfile("file").read() == b"text"
assert any(c["Path"] == "/tmp/file" for c in box.diff())
made = box.commit("made", "1")
assert made.tags == ["made:1"], made.tags
box.kill()
assert box.wait()["StatusCode"] == 137
box.remove()
client.images.remove("made:1")

# Streams
logs = client.containers.run(IMAGE, ["sh", "-c", "for i in 1 2 3; do echo $i; sleep 0.1; done"],
                             detach=True)
assert b"".join(logs.logs(stream=True, follow=True)) == b"1\n2\n3\n"
logs.remove()
cat = client.containers.create(IMAGE, ["cat"], stdin_open=True)
sock = cat.attach_socket(params={"stdin": 1, "stdout": 1, "stream": 1})
cat.start()
sock._sock.sendall(b"typed\n")
header = sock.read(8)
assert header[0] == 1 and sock.read(header[7]) == b"typed\n"
sock.close()
cat.remove(force=True)

# Images
image, lines = client.images.build(
    fileobj=io.BytesIO(b"FROM busybox:test\nARG A\nLABEL l=$A\nRUN echo built\n"),
    tag="py:1", buildargs={"A": "x"}, rm=True)
assert image.labels == {"l": "x"}
assert any("built" in line.get("stream", "") for line in lines)
try:
    client.images.build(fileobj=io.BytesIO(b"FROM busybox:test\nRUN exit 3\n"))
    raise AssertionError("no error")
except docker.errors.BuildError as e:
    assert "3" in str(e), e
saved = b"".join(image.save(named=True))
client.images.remove("py:1")
assert client.images.load(saved)[0].tags == ["py:1"]
assert image.history()
client.images.remove("py:1")

# Networks, volumes, events
net = client.networks.create("pynet", driver="bridge", labels={"n": "1"})
vol = client.volumes.create("pyvol", labels={"v": "1"})
since = int(time.time()) - 1
member = client.containers.run(IMAGE, ["sleep", "1000"], network="pynet", detach=True,
                               volumes={"pyvol": {"bind": "/v", "mode": "rw"}})
net.reload()
assert [c.id for c in net.containers] == [member.id]
member.remove(force=True)
actions = [e["Action"] for e in client.events(since=since, until=int(time.time()) + 1, decode=True,
                                              filters={"container": member.id})]
assert {"create", "start", "die", "destroy"} <= set(actions), actions
net.remove()
vol.remove()
assert client.df()["LayersSize" if "LayersSize" in client.df() else "ImageUsage"]
client.containers.prune()
print("docker-py", docker.__version__, "is served")
sys.exit(0)
