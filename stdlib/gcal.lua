--- @module assay.gcal
--- @description Google Calendar REST API with OAuth2 token auto-refresh. Events of the primary calendar, calendar list.
--- @keywords gcal, google, calendar, events, meetings, schedule, appointments, oauth2
--- @quickref M.client(opts) -> client | Client for Google Calendar; opts: {credentials_file, token_file, token_url?, api_base?}
--- @quickref c.events:list(opts?) -> [event] | List events of the primary calendar; opts: {timeMin, timeMax, maxResults, q, singleEvents, orderBy}
--- @quickref c.events:get(id) -> event|nil | Get an event
--- @quickref c.events:create(event) -> event | Create an event {summary, start = {dateTime, timeZone}, ["end"], attendees?, ...}
--- @quickref c.events:update(id, event) -> event | Replace an event
--- @quickref c.events:delete(id) -> true | Delete an event
--- @quickref c.calendars:list() -> [calendar] | List calendars
--- @quickref c:events(opts?) -> [event] | As c.events:list()
--- @quickref c:event_get(id) -> event|nil | As c.events:get()
--- @quickref c:event_create(event) -> event | As c.events:create()
--- @quickref c:event_update(id, event) -> event | As c.events:update()
--- @quickref c:event_delete(id) -> true | As c.events:delete()
--- @quickref c:calendars() -> [calendar] | As c.calendars:list()

local base = require("assay.internal.client")
local google = require("assay.internal.google")

local M = {}

local EVENTS = "/calendar/v3/calendars/primary/events"

local OLD_NAMES = {
  events = "events.list",
  event_get = "events.get",
  event_create = "events.create",
  event_update = "events.update",
  event_delete = "events.delete",
  calendars = "calendars.list",
}

function M.client(opts)
  local api = google.api("gcal", opts, "https://www.googleapis.com")

  local c = { url = api.url, events = {}, calendars = {} }

  function c.events:list(options)
    options = options or {}
    return google.list(api, EVENTS, "items", {
      { "timeMin", options.timeMin },
      { "timeMax", options.timeMax },
      { "q", options.q },
      { "singleEvents", options.singleEvents },
      { "orderBy", options.orderBy },
    }, { options.maxResults, "maxResults" })
  end

  function c.events:get(id)
    return api:get(EVENTS .. base.path("/%s", id), { missing_ok = true })
  end

  function c.events:create(event)
    return api:post(EVENTS, event, { ok = { 200, 201 } })
  end

  function c.events:update(id, event)
    return api:put(EVENTS .. base.path("/%s", id), event)
  end

  function c.events:delete(id)
    api:delete(EVENTS .. base.path("/%s", id), { ok = { 200, 204 }, raw = true })
    return true
  end

  function c.calendars:list()
    return google.list(api, "/calendar/v3/users/me/calendarList", "items")
  end

  return base.with_old_names(c, OLD_NAMES)
end

return M
