--- @module assay.gmail
--- @description Gmail REST API with OAuth2 token auto-refresh. Search, read, reply, send emails, labels.
--- @keywords gmail, google, email, mail, inbox, search, send, reply, labels, oauth2
--- @quickref M.client(opts) -> client | Client for Gmail; opts: {credentials_file, token_file, token_url?, api_base?}
--- @quickref c.messages:search(query, opts?) -> [message] | Search in Gmail's syntax and get the messages in full; opts: {max = 10}
--- @quickref c.messages:get(id, opts?) -> message|nil | Get a message; opts: {format = "full"}
--- @quickref c.messages:send(to, subject, body) -> {id, threadId} | Send a text; `to` is an address or an array of them
--- @quickref c.messages:reply(id, opts) -> {id, threadId} | Reply in the thread of a message; opts: {body}
--- @quickref c.labels:list() -> [label] | List labels
--- @quickref c:search(query, opts?) -> [message] | As c.messages:search()
--- @quickref c:get(id, opts?) -> message|nil | As c.messages:get()
--- @quickref c:send(to, subject, body) -> {id, threadId} | As c.messages:send()
--- @quickref c:reply(id, opts) -> {id, threadId} | As c.messages:reply()
--- @quickref c:labels() -> [label] | As c.labels:list()

local base = require("assay.internal.client")
local google = require("assay.internal.google")

local M = {}

local MESSAGES = "/gmail/v1/users/me/messages"

local OLD_NAMES = {
  search = "messages.search",
  get = "messages.get",
  send = "messages.send",
  reply = "messages.reply",
  labels = "labels.list",
}

-- Messages as RFC 5322 has them ------------------------------------------------------------------------------

-- Longer headers in other letters than ASCII are several words, of at most 75 characters each (RFC 2047)
local MAX_WORD_BYTES = 45

local function encoded_words(text)
  local words, word = {}, ""
  -- A character with the bytes that continue it: words must not end inside one
  for character in text:gmatch("[^\128-\191][\128-\191]*") do
    if #word + #character > MAX_WORD_BYTES then
      words[#words + 1], word = word, ""
    end
    word = word .. character
  end
  words[#words + 1] = word
  for i, part in ipairs(words) do words[i] = "=?UTF-8?B?" .. base64.encode(part) .. "?=" end
  return table.concat(words, "\r\n ")
end

-- The name before an address: Ünal <u@example.com>
local function display_name(name)
  local space, text = name:match("^(%s*)(.-)%s*$")
  return space .. encoded_words(text) .. " <"
end

-- A line break would begin a header that nobody has asked for
local function header_line(name, value)
  value = tostring(value)
  if value:find("%c") then base.raise("gmail: " .. name .. " must be one line without control characters") end
  if value:find("[\128-\255]") then
    value = name == "Subject" and encoded_words(value)
      or value:gsub('"?([^"<>,]*[\128-\255][^"<>,]*)"?%s*<', display_name)
  end
  return name .. ": " .. value
end

local function base64url(bytes)
  return (base64.encode(bytes):gsub("+", "-"):gsub("/", "_"):gsub("=", ""))
end

-- The message as the API takes it: its headers in their order, a blank line and the text with CRLF
local function raw_message(headers, body)
  local lines = {}
  for _, header in ipairs(headers) do
    if header[2] then lines[#lines + 1] = header_line(header[1], header[2]) end
  end
  lines[#lines + 1] = "MIME-Version: 1.0"
  lines[#lines + 1] = "Content-Type: text/plain; charset=utf-8"
  local text = tostring(body or ""):gsub("\r\n", "\n"):gsub("\n", "\r\n")
  return base64url(table.concat(lines, "\r\n") .. "\r\n\r\n" .. text)
end

-- A header of a message that Gmail has given, in one line; nil when there is none
local function header_of(message, name)
  for _, header in ipairs((message.payload or {}).headers or {}) do
    if (header.name or ""):lower() == name then return (header.value:gsub("%c+%s*", " ")) end
  end
  return nil
end

local function reply_subject(subject)
  if subject:lower():match("^%s*re:") then return subject end
  return "Re: " .. subject
end

-- The client -------------------------------------------------------------------------------------------------

function M.client(opts)
  local api = google.api("gmail", opts, "https://gmail.googleapis.com")

  local c = { url = api.url, messages = {}, labels = {} }

  function c.messages:search(query, options)
    local limit = { (options or {}).max or 10, "maxResults" }
    local found = google.list(api, MESSAGES, "messages", { { "q", query } }, limit)
    local messages = json.array()
    for _, entry in ipairs(found) do
      -- One that has been deleted meanwhile is left out
      messages[#messages + 1] = c.messages:get(entry.id)
    end
    return messages
  end

  function c.messages:get(id, options)
    return api:get(MESSAGES .. base.path("/%s", id), {
      query = { { "format", (options or {}).format or "full" } },
      missing_ok = true,
    })
  end

  function c.messages:send(to, subject, body)
    if type(to) == "table" then to = table.concat(to, ", ") end
    if type(to) ~= "string" or to == "" then base.raise("gmail: an address to send to is required") end
    local raw = raw_message({ { "To", to }, { "Subject", subject or "" } }, body)
    return api:post(MESSAGES .. "/send", { raw = raw })
  end

  function c.messages:reply(id, options)
    local original = c.messages:get(id)
    if not original then base.raise("gmail: message not found: " .. tostring(id)) end
    local message_id = header_of(original, "message-id")
    local references = header_of(original, "references")
    if references and message_id then references = references .. " " .. message_id end
    local raw = raw_message({
      { "To", header_of(original, "from") },
      { "Subject", reply_subject(header_of(original, "subject") or "") },
      { "In-Reply-To", message_id },
      { "References", references or message_id },
    }, (options or {}).body)
    return api:post(MESSAGES .. "/send", { raw = raw, threadId = original.threadId })
  end

  function c.labels:list()
    return google.list(api, "/gmail/v1/users/me/labels", "labels")
  end

  return base.with_old_names(c, OLD_NAMES)
end

return M
