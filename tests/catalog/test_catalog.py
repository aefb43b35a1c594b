"""Folders laid over each other, and products that are not there."""

from __future__ import annotations

import pytest

from twin.catalog import Catalog, Product, gather, merge, shipped
from twin.errors import CatalogError


def product(id_, file, kind="rack"):
    return Product(id_, kind, "M", id_, "", id_.partition("@")[2], "", {}, {}, {}, {}, file)


def test_the_later_product_wins_and_the_clash_is_told():
    base = gather([product("a", "one.toml"), product("b", "one.toml")])
    later = gather([product("b", "two.toml"), product("c", "two.toml")])
    both = merge(base, later, "mine")
    assert list(both.products) == ["a", "b", "c"]
    assert both.get("b").file == "two.toml"
    assert both.clashes == ("mine: rack b in two.toml replaces the rack of that id in one.toml",)
    again = merge(both, gather([product("a", "three.toml")]), "more")
    assert len(again.clashes) == 2
    assert base.get("b").file == "one.toml"


def test_a_folder_may_not_hold_an_id_twice():
    with pytest.raises(CatalogError) as caught:
        gather([product("a", "one.toml"), product("a", "two.toml")])
    assert caught.value.problems[0].text().startswith("two.toml: rack.a: this id already stands")


def test_products_of_a_kind_keep_their_order():
    catalog = gather([product("z", "f"), product("t", "f", "tap"), product("a", "f")])
    assert [each.id for each in catalog.of("rack")] == ["z", "a"]
    assert Catalog({}).of("rack") == ()


def test_an_unknown_product_is_told_with_a_near_name():
    with pytest.raises(CatalogError, match=r'no product gb300_nvl27.*Did you mean "gb300_nvl72'):
        shipped().get("gb300_nvl27")


def test_an_unknown_revision_is_told_with_those_that_stand():
    with pytest.raises(CatalogError, match="choose among gb200_nvl72, gb200_nvl72@hpe"):
        shipped().get("gb200_nvl72@hp")
