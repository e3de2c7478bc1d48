"""Fingerprints are the same under every Python: what is expected here is written down, whichever runs it."""

import ast

import pytest

from stages.check.fingerprints import fingerprint
from stages.check.source import stripped

TRICKY = '''\
#!/usr/bin/env python
# -*- coding: utf-8 -*-
"""Module, with a # that is no comment.

Second paragraph."""; import os  # why

from typing import (  # comment in a bracket
    Any,

    # a line of its own
    NamedTuple,
)
\x0c
größe = 0x_1F + 1_000.5e-3 + 2j  # non-ASCII name
µ: "list[int]" = [-1 , ~2,3]  # type: list[int]
text = "# no comment"  # comment "with quotes"
lines = """first\\
  # no comment

\tlast   """ "joined" \\
    r'\\x00#' . strip ( )
said = f"{größe!r:>{10}} # {text['#a'] if text else '  '} {{}} {µ=}"
é = """ü
é"""; f_string = rf\'\'\'é \\d # {
    größe
    : .2f
}   {{ }}

 # still\'\'\' "é" f"{é}"
continued = 1 + \\
    2 \\

@ property
# between
@cache (maxsize = None)
async def walk(é, *, b: int = -1, ** c) -> "x":  """One line, é."""; yield


def only():
    """Nothing but this."""
\t
    # and this


class Empty(Exception):
\t"first" \\
\t"second"


class Item(NamedTuple):
    ("in parentheses"  # why
    ) ; x: int = 1  # noqa
    """Said of x, which is no docstring."""

    def outer(self): "é"

    def inner(self):
      r"""Raw."""
      def deeper(): return lambda: {**{1: ...}, 2: [i async for i in x]} [ : , ::2]
      if (n := 10) > 1: pass
      else:
            # deep

            return a if b else not c
# dedented comment
      match n:
          case {"a": 1, **rest} | [Any(), *_]: x @= y ; z //= 1; w = x<-y if False else 0
'''
STRIPPED = '''\
import os
from typing import ( Any , NamedTuple , )
größe = 0x_1F + 1_000.5e-3 + 2j
µ : "list[int]" = [ - 1 , ~ 2 , 3 ]
text = "# no comment"
lines = """first\\
  # no comment

	last   """ "joined" r'\\x00#' . strip ( )
said = f"{größe!r:>{10}} # {text['#a'] if text else '  '} {{}} {µ=}"
é = """ü
é""" ; f_string = rf\'\'\'é \\d # {
    größe
    : .2f
}   {{ }}

 # still\'\'\' "é" f"{é}"
continued = 1 + 2
@ property
@ cache ( maxsize = None )
async def walk ( é , * , b : int = - 1 , ** c ) -> "x" : yield
def only ( ) :
    pass
class Empty ( Exception ) :
    pass
class Item ( NamedTuple ) :
    x : int = 1
    """Said of x, which is no docstring."""
    def outer ( self ) : pass
    def inner ( self ) :
        def deeper ( ) : return lambda : { ** { 1 : ... } , 2 : [ i async for i in x ] } [ : , : : 2 ]
        if ( n := 10 ) > 1 : pass
        else :
            return a if b else not c
        match n :
            case { "a" : 1 , ** rest } | [ Any ( ) , * _ ] : x @= y ; z //= 1 ; w = x < - y if False else 0
'''


@pytest.mark.parametrize("form", [str, str.rstrip, lambda text: text.replace("\n", "\r\n")])
def test_every_python_gives_the_same(form):
    assert stripped(form(TRICKY)) == STRIPPED.rstrip("\n")


def test_fingerprint_of_the_sample(tmp_path):
    path = tmp_path / "sample.py"
    path.write_text(TRICKY, encoding="utf-8")
    assert fingerprint(path) == "56a25bc710201750"


def test_f_strings_that_only_later_pythons_read():
    """From 3.12 on an expression in an f-string may hold its quotes and comments; before, it is an error."""
    for source in ('said = f"{names["#a"]}"', 'said = f"""{names  # "why"\n}"""', "said = f'{f'{1:{'#'}>3}'}'"):
        try:
            ast.parse(source)
        except SyntaxError:
            with pytest.raises(SyntaxError):
                stripped(source)
        else:
            assert stripped(f"{source}; done = 1  # why") == f"{source} ; done = 1"
