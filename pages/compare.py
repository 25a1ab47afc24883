"""Compare: two to four regions side by side, by one indicator, one period and one date."""

from components import compare

compare.render()
