"""Stories: ordered views to present; two that come with the application, and one's own."""

from components import story_page

story_page.render()
