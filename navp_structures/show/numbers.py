"""Numbers as crystallographers print them: 8.7288(2)."""

from __future__ import annotations

from decimal import Decimal

# More digits than this are floating-point dust, not data.
_LONGEST = 12


def exact(value: float, su: float | None = None) -> str:
    """Return a number with its su such that reading it back gives the same two numbers.

    Parameters
    ----------
    su
        None or 0 adds nothing; 0 is what symmetry fixes and needs no print.

    Examples
    --------
    >>> exact(8.7288, 0.0002), exact(8.4262, 0.02), exact(120.0)
    ('8.7288(2)', '8.4262(200)', '120')
    """
    number = _decimal(value)
    if not su:
        return _plain(number)
    spread = _decimal(su)
    places = max(_places(number), _places(spread), 0)
    digits = int(spread.scaleb(places).to_integral_value())
    return f"{number:.{places}f}({digits})"


def rounded(value: float, su: float | None = None, places: int = 4) -> str:
    """Return a number for reading: su to two digits below 20, one above, as IUCr asks.

    Parameters
    ----------
    places
        Decimals where no su decides them.

    Examples
    --------
    >>> rounded(1438.7312, 0.0805), rounded(2.5197912), rounded(15.282, 0.0407)
    ('1438.73(8)', '2.5198', '15.28(4)')
    """
    if not su:
        return unsigned_zero(value, places)
    spread = Decimal(repr(su))
    exponent = spread.adjusted()
    # 1.95 and above rounds to one digit, below it two digits are kept.
    if spread.scaleb(-exponent) < Decimal("1.95"):
        exponent -= 1
    decimals = max(0, -exponent)
    digits = int(spread.scaleb(decimals).to_integral_value())
    if exponent > 0:
        step = 10**exponent
        return f"{round(value / step) * step:.0f}({round(su / step) * step})"
    return f"{unsigned_zero(value, decimals)}({digits})"


def signed(value: float, places: int, su: float | None = None) -> str:
    """Return a number with its sign, and its su where there is one; 0 has no sign.

    Parameters
    ----------
    places
        Decimals where no su decides them.

    Examples
    --------
    >>> signed(0.25, 2), signed(-1e-17, 2), signed(-1.0975, 2, 0.2864)
    ('+0.25', '0.00', '-1.1(3)')
    """
    text = rounded(value, su) if su else unsigned_zero(value, places)
    is_zero = not text.partition("(")[0].strip("0.")
    return text if is_zero or text.startswith("-") else f"+{text}"


def unsigned_zero(value: float, places: int) -> str:
    """Return a number with so many decimals; what rounds to 0 has no minus sign.

    Examples
    --------
    >>> unsigned_zero(-1e-17, 4), unsigned_zero(-0.25, 2)
    ('0.0000', '-0.25')
    """
    return f"{round(value, places) + 0.0:.{places}f}"


def counted(number: float, one: str, several: str) -> str:
    """Return a number with what it counts.

    Examples
    --------
    >>> counted(1, "energy", "energies"), counted(0, "energy", "energies")
    ('1 energy', '0 energies')
    """
    return f"{number:g} {one if number == 1 else several}"


def _decimal(value: float) -> Decimal:
    number = Decimal(repr(float(value)))
    if _places(number) > _LONGEST:
        number = round(number, _LONGEST)
    return number


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _places(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def share_text(probability: float) -> str:
    """Return a probability with three decimals, but never 1.000: nothing is certain.

    Examples
    --------
    >>> share_text(0.97038), share_text(0.99999)
    ('0.970', '>0.999')
    """
    return ">0.999" if probability > 0.9995 else f"{probability:.3f}"
