"""Doors of grids."""

from django.urls import path

from grids import business_urls, hazard_urls, register_urls, sharing_urls, special_urls
from grids.views import government, ground, importing, overview, people, public

app_name = "grids"
urlpatterns = [
    path("grids/", ground.grid_list, name="list"),
    path("grids/export.xlsx", ground.export, name="export"),
    path("grids/new/", ground.new, name="new"),
    path("grids/<int:pk>/", ground.grid, name="grid"),
    path("grids/<int:pk>/edit/", ground.edit, name="edit"),
    path("grids/<int:pk>/close/", ground.close, name="close"),
    path("grids/<int:pk>/card/", public.card, name="card"),
    path("grids/<int:pk>/areas/", ground.assign_areas, name="assign_areas"),
    path("grids/<int:pk>/pair/", ground.pair, name="pair"),
    path("grids/<int:pk>/channels/", ground.open_channel, name="open_channel"),
    path("grids/<int:pk>/appoint/", people.appoint, name="appoint"),
    path("grids/<int:pk>/cover/", people.cover, name="cover"),
    path("grids/<int:pk>/hand-over/", people.propose, name="propose"),
    path("grids/areas/<int:pk>/release/", ground.release_area, name="release_area"),
    path("grids/pairings/<int:pk>/end/", ground.end_pairing, name="end_pairing"),
    path("grids/channels/<int:pk>/close/", ground.close_channel, name="close_channel"),
    path("grids/posts/<int:pk>/relieve/", people.relieve, name="relieve"),
    path("grids/posts/<int:pk>/back/", people.end_cover, name="end_cover"),
    path("grids/hand-overs/<int:pk>/", people.hand_over, name="hand_over"),
    path("grids/hand-overs/<int:pk>/accept/", people.accept, name="accept"),
    path("grids/hand-overs/<int:pk>/decline/", people.decline, name="decline"),
    path("grids/hand-overs/<int:pk>/withdraw/", people.withdraw, name="withdraw"),
    path("grids/people/", people.people, name="people"),
    path("grids/people/<int:pk>/leave/", people.leave, name="leave"),
    path("grids/government/", government.governments, name="governments"),
    path("grids/government/new/", government.government_new, name="government_new"),
    path("grids/government/<int:pk>/", government.government, name="government"),
    path(
        "grids/government/<int:pk>/appoint/",
        government.government_appoint,
        name="government_appoint",
    ),
    path("grids/report/", overview.report, name="report"),
    path("grids/report.xlsx", overview.report_export, name="report_export"),
    path("grids/map/", overview.map_page, name="map"),
    path("grids/locate/", overview.locate, name="locate"),
    path("grids/rules/", overview.rules, name="rules"),
    path("grids/rules/<int:pk>/tighten/", overview.tighten, name="tighten"),
    path("grids/import/", importing.imports, name="imports"),
    path("grids/import/<slug:kind>/", importing.import_file, name="import"),
    path("grids/import/<slug:kind>/template.xlsx", importing.template, name="template"),
    path("public/grids/", public.finder, name="public_finder"),
    path("public/grids/<int:pk>/", public.public_grid, name="public_grid"),
    path("public/grids/<int:pk>/code.svg", public.public_code, name="public_code"),
    *business_urls.urlpatterns,
    *register_urls.urlpatterns,
    *special_urls.urlpatterns,
    *hazard_urls.urlpatterns,
    *sharing_urls.urlpatterns,
]
