# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from .views import capacity, dialogue, learning, partners, running, skills

app_name = "tracks"
IDEA = "<slug:slug>/<str:reference>/"
urlpatterns = [
    path("", running.track_list, name="list"),
    path("mijn-vaardigheden.json", skills.export, name="skills_export"),
    path("akkoord/uren/<str:token>/", capacity.sign_off, name="sign_off"),
    path(f"{IDEA}openen/", running.open_track, name="open"),
    path(IDEA, running.home, name="home"),
    path(f"{IDEA}plannen/", running.plan, name="plan"),
    path(f"{IDEA}start/", running.start, name="start"),
    path(f"{IDEA}rondes/<int:number>/", running.cycle, name="cycle"),
    path(f"{IDEA}verder/", running.resume, name="resume"),
    path(f"{IDEA}afronden/", running.finish, name="finish"),
    path(f"{IDEA}besluit/", learning.learn, name="learn"),
    path(f"{IDEA}team/", capacity.team, name="team"),
    path(f"{IDEA}team/week/", capacity.pulse, name="pulse"),
    path(f"{IDEA}team/<int:number>/uren/", capacity.hours, name="hours"),
    path(f"{IDEA}partners/", partners.partner_list, name="partners"),
    path(f"{IDEA}partners/nieuw/", partners.partner_new, name="partner_new"),
    path(f"{IDEA}partners/<int:number>/", partners.partner, name="partner"),
    path(f"{IDEA}partners/<int:number>/wijzigen/", partners.partner_edit, name="partner_edit"),
    path(f"{IDEA}gesprek/", dialogue.dialogue, name="dialogue"),
    path(f"{IDEA}gesprek/<int:number>/", dialogue.objection, name="objection"),
    path(f"{IDEA}gesprek/<int:number>/gedaan/", dialogue.tick, name="tick"),
    path(f"{IDEA}vaardigheden/", skills.skills, name="skills"),
    path(f"{IDEA}vaardigheden/<int:number>/", skills.reflect, name="reflect"),
    path(f"{IDEA}vaardigheden/delen/", skills.share, name="share"),
]
