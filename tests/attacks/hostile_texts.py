"""Texts that mean something to whoever reads them next: a database, a mail, a terminal.

CWE-20 is input that nobody validated, CWE-74 what it does to the next reader, CWE-89 what it does to SQL.
"""

from course.engine.checkpoint.logins import PASSWORD, REGISTER
from course.engine.checkpoint.service import Service
from tests.attacks.acts import LOTS, put_up, try_lot, visit
from tests.attacks.case import attack


@attack("CWE-158", without="bounds-of-texts", wins=201, refused=422)
def a_title_has_a_null_byte_at_which_others_stop_reading(house: Service) -> int:
    return try_lot(house, {"title": "A clock\0, broken"})


@attack("CWE-158", without="bounds-of-texts", wins=201, refused=422)
def a_description_has_a_null_byte_that_postgresql_cannot_keep(house: Service) -> int:
    return try_lot(house, {"description": "A clock\0"})


@attack("CWE-158", without="bounds-of-texts", wins=200, refused=422)
def a_search_has_a_null_byte(house: Service) -> int:
    with visit(house, person=None) as client:
        return client.get(f"{LOTS}?search=%00").status_code


@attack("CWE-158", without="bounds-of-texts", wins=201, refused=422)
def the_name_of_an_owner_has_a_null_byte(house: Service) -> int:
    return try_lot(house, {"provenance": [{"name": "A\0da"}]})


@attack("CWE-150", without="bounds-of-texts", wins=201, refused=422)
def a_title_moves_the_cursor_of_the_terminal_that_shows_it(house: Service) -> int:
    return try_lot(house, {"title": "\x1b[2J\x1b[HAll is well"})


@attack("CWE-150", without="bounds-of-texts", wins=201, refused=422)
def a_title_moves_the_cursor_with_a_control_character_beyond_ascii(house: Service) -> int:
    return try_lot(house, {"title": "\x9b2JAll is well"})


@attack("CWE-451", without="bounds-of-texts", wins=201, refused=422)
def a_title_turns_around_the_text_that_follows_it(house: Service) -> int:
    return try_lot(house, {"title": "A clock \u202e00.01"})


@attack("CWE-451", without="bounds-of-texts", wins=201, refused=422)
def a_title_has_nothing_that_anyone_can_see(house: Service) -> int:
    return try_lot(house, {"title": "\u200b\u200d"})


@attack("CWE-451", without="bounds-of-texts", wins=201, refused=422)
def somebody_registers_under_a_name_that_looks_like_anothers(house: Service) -> int:
    new = {"email": "ada2@example.com", "name": "A\u200bda", "password": PASSWORD}
    with visit(house, person=None) as client:
        return client.post(REGISTER, json=new).status_code


@attack("CWE-20", without="silence-about-what-was-sent", wins=500, refused=422)
def a_title_is_half_a_character(house: Service) -> int:
    with visit(house) as client:
        body = b'{"title": "\\ud800", "category": "clocks", "starting_price": "25.00"}'
        return client.post(LOTS, content=body, headers={"Content-Type": "application/json"}).status_code


@attack("CWE-20", without="texts-that-utf8-can-encode", wins=500, refused=422)
def a_password_is_half_a_character(house: Service) -> int:
    with visit(house, person=None) as client:
        body = b'{"email": "ada@example.com", "name": "Ada", "password": "half a character \\ud800"}'
        return client.post(REGISTER, content=body, headers={"Content-Type": "application/json"}).status_code


@attack("CWE-20", without="silence-about-what-was-sent", wins=500, refused=422)
def the_name_of_a_field_is_half_a_character(house: Service) -> int:
    with visit(house) as client:
        body = b'{"title": "A", "category": "clocks", "starting_price": "25.00", "\\udfff": 1}'
        return client.post(LOTS, content=body, headers={"Content-Type": "application/json"}).status_code


@attack("CWE-89", without="parameters-of-sql", wins=1, refused=0)
def a_search_is_a_piece_of_sql(house: Service) -> int:
    with visit(house) as client:
        put_up(client)
        total: int = client.get(f"{LOTS}?search=nothing' OR 1=1 OR '").json()["total"]
        return total


@attack("CWE-89", without="parameters-of-sql", wins=1, refused=0)
def a_search_for_a_percent_sign_finds_everything(house: Service) -> int:
    with visit(house) as client:
        put_up(client)
        total: int = client.get(f"{LOTS}?search=%25").json()["total"]
        return total


@attack("CWE-20", without="old-hashes", wins=500, refused=401)
def a_long_password_is_compared_with_a_hash_of_the_former_computer(house: Service) -> int:
    import bcrypt
    from sqlalchemy import create_engine, text

    hashed = bcrypt.hashpw(b"a password", bcrypt.gensalt(4)).decode()
    with visit(house) as client:
        engine = create_engine(f"sqlite:///{(house.tmp_path / 'gavel.db').as_posix()}")
        with engine.begin() as connection:
            connection.execute(text("UPDATE users SET password_hash = :hashed"), {"hashed": hashed})
        engine.dispose()
        form = {"username": "seller@example.com", "password": "long " * 40}
        return client.post("/auth/token", data=form, headers={"Authorization": ""}).status_code


@attack("CWE-93", without="bounds-of-texts", wins=201, refused=422)
def somebodys_name_has_a_line_break_for_the_head_of_a_mail(house: Service) -> int:
    new = {"email": "ada@example.com", "name": "Ada\r\nBcc: all@example.com", "password": PASSWORD}
    with visit(house, person=None) as client:
        return client.post(REGISTER, json=new).status_code


@attack("CWE-93", without="bounds-of-addresses", wins=201, refused=422)
def an_address_has_a_line_break_for_the_head_of_a_mail(house: Service) -> int:
    new = {"email": "ada@example.com\r\nBcc: all@example.com", "name": "Ada", "password": PASSWORD}
    with visit(house, person=None) as client:
        return client.post(REGISTER, json=new).status_code
