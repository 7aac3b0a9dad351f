"""One file, the environment, the command line: who wins, and how mistakes are told."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from flowaudit.config import ConfigInvalid, Settings, load_settings
from flowaudit.config.environment import variable
from flowaudit.config.model import keys_of, secret_keys, section_names

SERVERS = {"FLOWAUDIT_KAFKA__BOOTSTRAP_SERVERS": "localhost:9092"}
SECRET = "correct-horse-battery-staple"


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def mistakes(path: Path | None, environ: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(ConfigInvalid) as caught:
        load_settings(path, environ or {})
    return [problem.line for problem in caught.value.problems]


def test_defaults_need_nothing_but_the_servers() -> None:
    settings = load_settings(None, SERVERS)
    assert settings.kafka.bootstrap_servers == ("localhost:9092",)
    assert settings.tap.topics == ()
    assert settings.audit_cluster is None
    assert settings.web.host == "127.0.0.1"


def test_without_servers_the_message_names_every_way_to_give_them() -> None:
    (line,) = mistakes(None)
    assert "kafka.bootstrap_servers: is missing" in line
    assert "FLOWAUDIT_KAFKA__BOOTSTRAP_SERVERS" in line
    assert "--bootstrap-servers" in line


def test_the_command_line_wins_over_the_environment_and_that_over_the_file(tmp_path: Path) -> None:
    path = write(tmp_path / "f.yaml", "kafka: {bootstrap_servers: [a:1]}\nweb: {port: 1}\ngroups: {interval_s: 1}\n")
    environ = {"FLOWAUDIT_WEB__PORT": "2", "FLOWAUDIT_KAFKA__BOOTSTRAP_SERVERS": "b:2,c:3"}
    settings = load_settings(path, environ, {("kafka", "bootstrap_servers"): ("--bootstrap-servers", "d:4")})
    assert settings.kafka.bootstrap_servers == ("d:4",)
    assert settings.web.port == 2
    assert settings.groups.interval_s == 1


def test_every_key_can_be_given_in_the_environment() -> None:
    names = [variable(section, key) for section in section_names() for key in keys_of(section)]
    lines = mistakes(None, dict.fromkeys(names, "\x00"))
    assert len(names) > 40
    assert not [line for line in lines if "names no key" in line]
    assert {line.partition(":")[0] for line in lines} >= {
        "FLOWAUDIT_KAFKA__BOOTSTRAP_SERVERS", "FLOWAUDIT_TAP__THETA", "FLOWAUDIT_METRICS__MAX_SERIES"
    }  # fmt: skip


def test_lists_in_the_environment_are_separated_by_commas_or_json() -> None:
    assert load_settings(None, {**SERVERS, "FLOWAUDIT_TAP__TOPICS": "a.*, b"}).tap.topics == ("a.*", "b")
    assert load_settings(None, {**SERVERS, "FLOWAUDIT_TAP__TOPICS": '["a{1,2}"]'}).tap.topics == ("a{1,2}",)
    assert load_settings(None, {**SERVERS, "FLOWAUDIT_TAP__TOPICS": ""}).tap.topics == ()


def test_all_mistakes_are_told_at_once_each_with_its_line_and_the_nearest_key(tmp_path: Path) -> None:
    path = write(
        tmp_path / "f.yaml",
        "kafka:\n  bootstrap_server: a:1\n  security_protocol: SASL\n"
        'tap:\n  topics: ["a("]\n  theta: 7\nwep:\n  port: 1\nlinkage: 5\n',
    )
    lines = mistakes(path, {"FLOWAUDIT_WEB__PROT": "1", "FLOWAUDIT_TAP__SLOTS": "0", "FLOWAUDIT_DEBUG": "1"})
    expected = [
        f"{path} line 1: kafka.bootstrap_servers: is missing",
        f"{path} line 2: kafka.bootstrap_server: unknown key: did you mean 'bootstrap_servers'?",
        f"{path} line 3: kafka.security_protocol: should be 'PLAINTEXT'",
        f"{path} line 5: tap.topics.0: is not a regular expression",
        f"{path} line 6: tap.theta: should be less than or equal to 1, not 7",
        f"{path} line 7: wep: unknown key: did you mean 'web'?",
        f"{path} line 9: linkage: must be a section",
        "FLOWAUDIT_TAP__SLOTS: tap.slots: should be greater than or equal to 1, not '0'",
        "FLOWAUDIT_WEB__PROT: names no key of web: did you mean 'port'?",
    ]
    assert len(lines) == len(expected)
    for line, start in zip(lines, expected, strict=True):
        assert line.startswith(start)


def test_a_bound_that_would_hold_nothing_is_refused_by_name(tmp_path: Path) -> None:
    path = write(
        tmp_path / "f.yaml",
        "kafka: {bootstrap_servers: [a:1]}\nlinkage:\n  max_aliases: 0\n  max_rows_per_topic: -5\n"
        "  max_kept_rows_per_topic: 99\n",
    )
    assert mistakes(path) == [
        f"{path} line 3: linkage.max_aliases: should be greater than or equal to 1000, not 0",
        f"{path} line 4: linkage.max_rows_per_topic: should be greater than or equal to 100, not -5",
        f"{path} line 5: linkage.max_kept_rows_per_topic: should be greater than or equal to 100, not 99",
    ]


def test_variables_that_are_none_of_ours_are_nobodys_mistake() -> None:
    load_settings(None, {**SERVERS, "FLOWAUDIT_DEBUG": "1", "FLOWAUDIT_CITY__X": "1", "PATH": "/bin"})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("kafka: [", "is not YAML"),
        ("kafka: *x", "line 1: uses a YAML alias"),
        ("a: &x 1\nb: *x\n", "line 2: uses a YAML alias"),
        ("- 1\n", "must be a mapping"),
        ("kafka: {bootstrap_servers: [a:1]}\nkafka: {}\n", "line 2: kafka: is given twice; the first is on line 1"),
        ("[a]: 1\n", "a key must be a word"),
        ("tap: {theta: !!timestamp nonsense}\n", "line 1: tap.theta: is not a text, a number, true or false"),
        ("web: {port: " + "9" * 5_000 + "}", "is not a text, a number"),
        ("a: " + "[" * 100_000, "is nested deeper than 32"),
        ("\x00", "characters that YAML does not allow"),
        ("x: " + "y" * (1 << 20), "larger than 1 MiB"),
    ],
)
def test_a_file_that_is_no_configuration_is_one_clear_line(tmp_path: Path, text: str, told: str) -> None:
    assert any(told in line for line in mistakes(write(tmp_path / "f.yaml", text)))


def test_bytes_that_are_not_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_bytes(b"kafka: \xff\xfe\xfa")
    assert mistakes(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert mistakes(tmp_path / "no.yaml") == [f"{tmp_path}/no.yaml: cannot be read: No such file or directory"]


def test_an_empty_file_and_an_empty_section_are_no_mistake(tmp_path: Path) -> None:
    assert load_settings(write(tmp_path / "e.yaml", ""), SERVERS).tap.theta == 0.1
    assert load_settings(write(tmp_path / "s.yaml", "tap:\nweb:\n"), SERVERS).tap.theta == 0.1


@pytest.mark.parametrize("server", ["nohost", ":9092", "a:", "a:99999", "a:x", "a:0"])
def test_a_server_is_a_host_and_a_port(server: str) -> None:
    with pytest.raises(ConfigInvalid, match="must be host:port"):
        load_settings(None, {"FLOWAUDIT_KAFKA__BOOTSTRAP_SERVERS": f"{server},b:1"})


def test_the_auditor_is_always_recognised_by_its_client_id() -> None:
    named = load_settings(None, {**SERVERS, "FLOWAUDIT_KAFKA__CLIENT_ID": "flowaudit-north"})
    assert named.kafka.client_id == "flowaudit-north"
    (line,) = mistakes(None, {**SERVERS, "FLOWAUDIT_KAFKA__CLIENT_ID": "billing"})
    assert "must begin with flowaudit, not 'billing'" in line


@pytest.mark.parametrize("host", ["*", "*.example.org", "audit", "10.0.0.7", "[fd00::1]", "a.b-c.example"])
def test_names_by_which_the_web_page_may_be_called(host: str) -> None:
    assert load_settings(None, {**SERVERS, "FLOWAUDIT_WEB__ALLOWED_HOSTS": host}).web.allowed_hosts == (host,)


@pytest.mark.parametrize("host", ["*x", "a*", "http://a", "a:80", "a b", "a/b", ".", "[x]", "a..b"])
def test_what_is_no_name_of_a_host_is_refused(host: str) -> None:
    (line,) = mistakes(None, {**SERVERS, "FLOWAUDIT_WEB__ALLOWED_HOSTS": host})
    assert "web.allowed_hosts.0: must be a name or an address without a port" in line


def sasl(**extra: str) -> dict[str, str]:
    return {
        **SERVERS,
        "FLOWAUDIT_KAFKA__SECURITY_PROTOCOL": "SASL_PLAINTEXT",
        "FLOWAUDIT_KAFKA__SASL_USERNAME": "auditor",
        **extra,
    }


def test_a_secret_comes_from_a_file_without_its_last_newline(tmp_path: Path) -> None:
    path = write(tmp_path / "password", f"{SECRET}\n")
    settings = load_settings(None, sasl(FLOWAUDIT_KAFKA__SASL_PASSWORD_FILE=str(path)))
    assert settings.kafka.sasl_password is not None
    assert settings.kafka.sasl_password.get_secret_value() == SECRET


def test_a_secret_in_the_environment_replaces_the_files_file(tmp_path: Path) -> None:
    path = write(tmp_path / "f.yaml", "kafka:\n  sasl_password_file: /no/such/file\n")
    settings = load_settings(path, sasl(FLOWAUDIT_KAFKA__SASL_PASSWORD=SECRET))
    assert settings.kafka.sasl_password is not None
    assert settings.kafka.sasl_password.get_secret_value() == SECRET


def test_a_secret_and_its_file_from_the_same_origin_are_a_mistake(tmp_path: Path) -> None:
    path = write(tmp_path / "p", SECRET)
    lines = mistakes(None, sasl(FLOWAUDIT_KAFKA__SASL_PASSWORD=SECRET, FLOWAUDIT_KAFKA__SASL_PASSWORD_FILE=str(path)))
    assert any("are both given" in line for line in lines)
    assert all(SECRET not in line for line in lines)


def test_secrets_are_masked_in_every_representation_and_every_mistake() -> None:
    environ = sasl(FLOWAUDIT_KAFKA__SASL_PASSWORD=SECRET, FLOWAUDIT_TAP__KEY=SECRET)
    settings = load_settings(None, environ)
    for text in (repr(settings), str(settings), settings.model_dump_json(), repr(settings.model_dump())):
        assert SECRET not in text
    lines = mistakes(None, {**environ, "FLOWAUDIT_TAP__KEY": SECRET[:15], "FLOWAUDIT_TAP__THETA": "9"})
    assert len(lines) == 2
    assert all(SECRET[:8] not in line for line in lines)


def test_every_secret_has_a_file_twin() -> None:
    for section in section_names():
        for key in secret_keys(section):
            assert f"{key}_file" in keys_of(section)


def test_sasl_without_credentials_and_workers_without_a_key_are_mistakes() -> None:
    assert any("needs sasl_username" in line for line in mistakes(None, {
        **SERVERS, "FLOWAUDIT_KAFKA__SECURITY_PROTOCOL": "SASL_SSL"}))  # fmt: skip
    environ = {**SERVERS, "FLOWAUDIT_AUDIT_CLUSTER__BOOTSTRAP_SERVERS": "b:1", "FLOWAUDIT_TAP__TOPICS": "a"}
    assert any("tap.key" in line for line in mistakes(None, environ))
    settings = load_settings(None, {**environ, "FLOWAUDIT_TAP__KEY": SECRET})
    assert settings.audit_cluster is not None


def test_settings_are_frozen() -> None:
    settings: Settings = load_settings(None, SERVERS)
    with pytest.raises(ValueError, match="frozen"):
        settings.web.port = 1  # type: ignore[misc]


def test_a_secret_file_that_cannot_be_read_is_named_without_a_traceback(tmp_path: Path) -> None:
    path = write(tmp_path / "p", SECRET)
    path.chmod(0)
    if path.stat().st_mode & stat.S_IRUSR:
        pytest.skip("this file system knows no rights")
    missing = tmp_path / "missing"
    lines = mistakes(None, sasl(FLOWAUDIT_KAFKA__SASL_PASSWORD_FILE=str(missing)))
    assert any(
        "FLOWAUDIT_KAFKA__SASL_PASSWORD_FILE: kafka.sasl_password_file: cannot be read" in line for line in lines
    )


def test_control_characters_in_a_value_do_not_reach_the_terminal(tmp_path: Path) -> None:
    path = write(tmp_path / "f.yaml", 'kafka: {bootstrap_servers: ["a:1"]}\nweb: {port: "\\e[31m"}\n')
    (line,) = mistakes(path)
    assert "\x1b" not in line
