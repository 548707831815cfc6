"""API1:2023, broken object level authorization: what is somebody else's.

https://owasp.org/API-Security/editions/2023/en/0xa1-broken-object-level-authorization/
"""

from course.engine.checkpoint.service import Service
from tests.attacks.acts import PNG, put_up, visit
from tests.attacks.case import attack


@attack("API1:2023", without="ownership", wins=200, refused=403)
def a_seller_changes_the_lot_of_another(house: Service) -> int:
    with visit(house) as client:
        lot, mallory = put_up(client), house.login(client, "mallory")
        return client.patch(lot, json={"title": "Mallory's clock"}, headers=mallory).status_code


@attack("API1:2023", without="ownership", wins=404, refused=200)
def a_seller_takes_away_the_lot_of_another(house: Service) -> int:
    with visit(house) as client:
        lot, mallory = put_up(client), house.login(client, "mallory")
        client.delete(lot, headers=mallory)
        return client.get(lot).status_code


@attack("API1:2023", without="ownership", wins=b"\x89PNG\r\n\x1a\n mine", refused=PNG)
def a_seller_hangs_another_photo_on_the_lot_of_another(house: Service) -> bytes:
    with visit(house) as client:
        lot, mallory = put_up(client), house.login(client, "mallory")
        client.put(f"{lot}/photo", files={"photo": ("a.png", PNG, "image/png")})
        mine = ("a.png", b"\x89PNG\r\n\x1a\n mine", "image/png")
        client.put(f"{lot}/photo", files={"photo": mine}, headers=mallory)
        return client.get(f"{lot}/photo").content
