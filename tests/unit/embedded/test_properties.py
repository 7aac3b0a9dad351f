"""The broker's files: what Java reads back is what was meant."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from flowaudit.embedded.options import SaslAcl, SaslUser
from flowaudit.embedded.properties import NodePorts, broker_properties, log4j2_config, render_properties

_PORTS = NodePorts(client=1001, controller=1002)
_SECURITY = SaslAcl(SaslUser("admin", 'p"\\ =#é😀'), (SaslUser("auditor", "s3cret"),))
_UNICODE_ESCAPE = re.compile(r"\\u([0-9a-f]{4})")


def _java_reads(text: str) -> dict[str, str]:
    """What java.util.Properties.load makes of a file without line continuations."""
    read = {}
    for line in text.splitlines():
        key, value = re.fullmatch(r"((?:\\.|[^\\=])*)=(.*)", line).groups()  # type: ignore[union-attr]
        read[_unescape(key)] = _unescape(value)
    return read


def _unescape(text: str) -> str:
    units = re.sub(r"\\u([0-9a-f]{4})|\\(.)", lambda m: chr(int(m[1], 16)) if m[1] else m[2], text)
    return units.encode("utf-16-be", "surrogatepass").decode("utf-16-be")


@given(st.dictionaries(st.text(min_size=1), st.text()))
def test_java_reads_back_every_setting(settings: dict[str, str]) -> None:
    assert _java_reads(render_properties(settings)) == settings


def test_every_listener_is_on_the_loopback_interface() -> None:
    listeners = broker_properties(_PORTS, Path("/data"), None, {})["listeners"]
    assert listeners == "CLIENT://127.0.0.1:1001,CONTROLLER://127.0.0.1:1002"


def test_internal_topics_have_one_replica_and_automatic_topic_creation_stays_at_the_default() -> None:
    settings = broker_properties(_PORTS, Path("/data"), None, {})
    replicated = {value for key, value in settings.items() if key.endswith(("replication.factor", "min.isr"))}
    assert replicated == {"1"}
    assert "auto.create.topics.enable" not in settings


def test_the_users_properties_win() -> None:
    settings = broker_properties(_PORTS, Path("/data"), None, {"offsets.topic.num.partitions": "50"})
    assert settings["offsets.topic.num.partitions"] == "50"


def test_with_security_no_listener_is_open_and_acls_decide() -> None:
    settings = broker_properties(_PORTS, Path("/data"), _SECURITY, {})
    assert settings["listener.security.protocol.map"] == "CLIENT:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT"
    assert settings["authorizer.class.name"].endswith("StandardAuthorizer")
    assert settings["super.users"] == "User:admin"
    assert '"user_auditor"="s3cret"' in settings["listener.name.client.plain.sasl.jaas.config"]


def test_a_password_is_not_part_of_the_repr() -> None:
    assert "s3cret" not in repr(_SECURITY)


def test_the_logging_configuration_is_xml_whatever_the_path() -> None:
    config = ET.fromstring(log4j2_config(Path('/home/a "b" & <c>/kafka.log')))  # noqa: S314  our own text
    appender = config.find("Appenders/File")
    assert appender is not None
    assert appender.get("fileName") == '/home/a "b" & <c>/kafka.log'


def test_each_further_logger_writes_a_file_of_its_own() -> None:
    files = {Path("/n/a.log"): ("kafka.authorizer.logger", "debug"), Path("/n/r.log"): ("kafka.request.logger", "info")}
    config = ET.fromstring(log4j2_config(Path("/n/kafka.log"), files))  # noqa: S314  our own text
    appenders = {appender.get("name"): appender.get("fileName") for appender in config.iterfind("Appenders/File")}
    written = {
        logger.get("name"): (logger.get("level"), appenders[reference.get("ref")], logger.get("additivity"))
        for logger in config.iterfind("Loggers/Logger")
        for reference in logger.iterfind("AppenderRef")
    }
    assert written == {
        "kafka.authorizer.logger": ("debug", "/n/a.log", "false"),
        "kafka.request.logger": ("info", "/n/r.log", "false"),
    }
