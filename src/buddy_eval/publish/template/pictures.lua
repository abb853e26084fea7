-- Pandoc's Typst writer leaves alt text out; this writes pictures with it, and small tags as such.
local function quoted(text)
  return '"' .. text:gsub("\\", "\\\\"):gsub('"', '\\"'):gsub("%s+", " ") .. '"'
end

local function picture(image)
  return "picture(" .. quoted(image.src) .. ", alt: " .. quoted(pandoc.utils.stringify(image.caption)) .. ")"
end

function Figure(figure)
  local found
  figure.content:walk({ Image = function(image) found = image end })
  if not found then return nil end
  local caption = pandoc.utils.stringify(figure.caption.long)
  return pandoc.RawBlock("typst", "#figure(" .. picture(found) .. ", kind: image, caption: text(" .. quoted(caption) .. "))\n")
end

function Image(image)
  return pandoc.RawInline("typst", "#" .. picture(image))
end

function Div(div)
  if div.classes:includes("notes") or div.classes:includes("note") then
    local size = div.classes:includes("notes") and "11pt" or "13pt"
    local parts = pandoc.Blocks({ pandoc.RawBlock("typst", "#[#set text(size: if slides { " .. size .. " } else if one { 7.7pt } else { 8.5pt }); #set par(spacing: 0.6em)") })
    parts:extend(div.content)
    parts:insert(pandoc.RawBlock("typst", "]"))
    return parts
  end
end

function Span(span)
  if span.classes:includes("finding-id") then
    return pandoc.RawInline("typst", "#tag(" .. quoted(pandoc.utils.stringify(span)) .. ")")
  end
end
