-- One pandoc for all documents of a run: each is asked for by a line of JSON, and lies in its folder as `written`.
local last = {} -- Word and PDF are made of the same text

local function convert(asked)
  if asked.text ~= last.text or asked.form ~= last.form then
    last = { document = pandoc.read(asked.text, asked.form, { columns = 72 }), text = asked.text, form = asked.form }
  end
  local document = last.document:clone()
  for fact, value in pairs(asked.facts) do document.meta[fact] = value end
  if asked.filter then
    local own = setmetatable({}, { __index = _G })
    assert(loadfile(asked.filter, "t", own))()
    document = document:walk({ Figure = own.Figure, Image = own.Image, Div = own.Div, Span = own.Span })
  end
  -- pictures and the reference document are looked for beside the file
  pandoc.system.with_working_directory(asked.folder, function()
    local options = { wrap_text = "none", reference_doc = asked.reference, slide_level = asked.slide_level }
    local file = assert(io.open("written", "wb"))
    file:write(pandoc.write(document, asked.to, pandoc.WriterOptions(options)))
    assert(file:close())
  end)
end

for line in io.lines() do
  io.write(pcall(convert, pandoc.json.decode(line, false)) and "written\n" or "refused\n")
  io.flush()
end
