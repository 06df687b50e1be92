-- What Neovim sees of the language server; run by the script beside it.
local passed = 0

local function fail(what)
  io.stderr:write("neovim: " .. what .. "\n")
  vim.cmd("cquit 1")
end

local function hold(what, condition)
  if not condition then
    fail(what)
  end
  passed = passed + 1
end

local function codes()
  local found = {}
  for _, told in ipairs(vim.diagnostic.get(0)) do
    found[tostring(told.code or told.user_data.lsp.code)] = told
  end
  return found
end

local function until_(what, condition)
  hold(what, vim.wait(30000, condition, 20))
end

local client = vim.lsp.start_client({
  name = "ismslint",
  cmd = { vim.env.ISMSLINT, "lsp", "--as-of", "2026-11-02" },
  root_dir = vim.fn.getcwd(),
})
vim.lsp.buf_attach_client(0, client)

until_("findings are shown", function()
  return codes()["value-not-allowed"] and codes()["unknown-field"] ~= nil
end)

-- The column is that of the word, behind an emoji and a combining mark.
local line = vim.api.nvim_buf_get_lines(0, 7, 8, true)[1]
local from = line:find("planed", 1, true) - 1
local told = codes()["value-not-allowed"]
hold("the place of a finding", told.lnum == 7 and told.col == from and told.end_col == from + 6)

local function ask(method, row, column, more)
  vim.api.nvim_win_set_cursor(0, { row + 1, column })
  local params = vim.lsp.util.make_position_params(0, "utf-16")
  local answers = vim.lsp.buf_request_sync(0, method, vim.tbl_extend("force", params, more or {}), 30000)
  return answers and answers[client] and answers[client].result
end

local hover = ask("textDocument/hover", 7, from)
hold("a rule is told on hovering", hover.contents.value:find("value%-not%-allowed"))
local definition = ask("textDocument/definition", 6, 20)
hold("an id leads to its record", definition[1].uri:find("metrics.yaml$"))
local completion = ask("textDocument/completion", 7, from)
hold("words are offered", vim.tbl_contains(vim.tbl_map(function(item)
  return item.label
end, completion.items), "planned"))

-- A quick fix, as an editor applies it.
local here = { line = 7, character = vim.str_utfindex and select(2, vim.str_utfindex(line, from)) or from }
local actions = vim.lsp.buf_request_sync(0, "textDocument/codeAction", {
  textDocument = vim.lsp.util.make_text_document_params(),
  range = { start = here, ["end"] = here },
  context = { diagnostics = {} },
}, 30000)[client].result
local fix = vim.tbl_filter(function(action)
  return action.title == "Write `planned`"
end, actions)[1]
hold("a quick fix is offered", fix ~= nil)
vim.lsp.util.apply_workspace_edit(fix.edit, "utf-16")
until_("the fix mends the finding", function()
  return codes()["value-not-allowed"] == nil
end)

-- Typing: a keystroke in the middle of a line, behind an emoji.
vim.api.nvim_buf_set_lines(0, 3, 4, true, { "  status: planned" })
until_("typing mends the other", function()
  return codes()["unknown-field"] == nil
end)
vim.api.nvim_buf_set_lines(0, 6, 7, true, { "  links: {metric: [click]}" })
until_("a reference to nothing is told", function()
  return codes()["reference-to-nothing"] ~= nil
end)
-- The due date moves before it is saved, and the history is there.
vim.api.nvim_buf_set_lines(0, 4, 5, true, { "  due: 2027-06-01" })
until_("what is not committed is judged by the history", function()
  return codes()["due-date-moved-without-rationale"] ~= nil
end)

vim.lsp.stop_client(client)
hold("the server ends when it is asked to", vim.wait(10000, function()
  return vim.lsp.get_client_by_id(client) == nil
end, 20))
io.stdout:write("neovim " .. tostring(vim.version().major) .. "." .. vim.version().minor .. ": " .. passed .. " passed, 0 failed\n")
vim.cmd("qall!")
