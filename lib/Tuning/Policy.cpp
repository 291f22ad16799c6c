//===- Policy.cpp - What a tuner may move ---------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Tuning/Policy.h"

#include "tt/Tuning/Support.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace mlir::tt;
using namespace mlir::tt::tuning;
namespace json = llvm::json;

//===----------------------------------------------------------------------===//
// Choices
//===----------------------------------------------------------------------===//

bool Choice::allows(int64_t original, int64_t value) const {
  return (values.empty() || llvm::is_contained(values, value)) &&
         (steps.empty() || llvm::is_contained(steps, value - original));
}

std::vector<int64_t> Choice::getValues(int64_t original) const {
  std::set<int64_t> all(values.begin(), values.end());
  if (values.empty())
    for (int64_t step : steps)
      all.insert(original + step);
  std::vector<int64_t> allowed;
  for (int64_t value : all)
    if (allows(original, value))
      allowed.push_back(value);
  return allowed;
}

std::vector<int64_t> Policy::getValues(Parameter parameter,
                                       int64_t original) const {
  auto found = moves.find(parameter);
  if (found == moves.end())
    return {original};
  std::vector<int64_t> values = found->second.getValues(original);
  if (!llvm::is_contained(values, original))
    values.insert(values.begin(), original);
  return values;
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

static llvm::Expected<std::vector<int64_t>>
readValues(Parameter parameter, StringRef key, const json::Value &value) {
  const json::Array *array = value.getAsArray();
  if (!array || array->empty())
    return makeError("'{0}' of '{1}' must be a list that is not empty", key,
                     getName(parameter));
  std::vector<int64_t> values;
  for (const json::Value &element : *array) {
    std::optional<int64_t> number = element.getAsInteger();
    if (std::optional<StringRef> text = element.getAsString())
      number = parseValue(parameter, *text);
    if (!number)
      return makeError("'{0}' of '{1}' has the value {2}, which is none of its "
                       "values",
                       key, getName(parameter), element);
    values.push_back(*number);
  }
  return values;
}

static llvm::Expected<Choice> readChoice(Parameter parameter,
                                         const json::Value &value) {
  const json::Object *object = value.getAsObject();
  if (!object)
    return makeError("'{0}' must be an object with 'values' or 'steps'",
                     getName(parameter));
  Choice choice;
  for (const auto &[key, list] : *object) {
    if (key != "values" && key != "steps")
      return makeError("unknown key '{0}' of '{1}', expected 'values' or "
                       "'steps'",
                       StringRef(key), getName(parameter));
    auto values = readValues(parameter, key, list);
    if (!values)
      return values.takeError();
    (key == "values" ? choice.values : choice.steps) = std::move(*values);
  }
  if (choice.values.empty() && (choice.steps.empty() || isNamed(parameter)))
    return makeError("'{0}' must say its 'values'{1}; to freeze it, leave it "
                     "out of 'move'",
                     getName(parameter),
                     isNamed(parameter) ? "" : " or 'steps'");
  return choice;
}

static llvm::Error readMoves(const json::Value &value, Policy &policy) {
  const json::Object *object = value.getAsObject();
  if (!object)
    return makeError("'move' must be an object");
  for (const auto &[key, content] : *object) {
    std::optional<Parameter> parameter = parseParameter(key);
    if (!parameter)
      return makeError("unknown parameter '{0}' in 'move', expected one of {1}",
                       StringRef(key), getParameterNames());
    llvm::Expected<Choice> choice = readChoice(*parameter, content);
    if (!choice)
      return choice.takeError();
    policy.moves[*parameter] = std::move(*choice);
  }
  return llvm::Error::success();
}

static llvm::Error readFollows(const json::Value &value, Policy &policy) {
  const json::Array *array = value.getAsArray();
  if (!array)
    return makeError("'follow' must be a list of parameters");
  for (const json::Value &element : *array) {
    std::optional<StringRef> name = element.getAsString();
    std::optional<Parameter> parameter =
        name ? parseParameter(*name) : std::nullopt;
    if (parameter != Parameter::rasterGroup && parameter != Parameter::copySlot)
      return makeError("'follow' accepts '{0}' and '{1}'; found {2}",
                       getName(Parameter::rasterGroup),
                       getName(Parameter::copySlot), element);
    policy.follows.insert(*parameter);
  }
  return llvm::Error::success();
}

static llvm::Error readCandidates(const json::Value &value, Policy &policy) {
  const json::Object *object = value.getAsObject();
  if (!object)
    return makeError("'candidates' must be an object with 'min' and 'max'");
  for (const auto &[key, content] : *object) {
    std::optional<int64_t> number = content.getAsInteger();
    if ((key != "min" && key != "max") || !number || *number < 1)
      return makeError("'candidates' accepts 'min' and 'max', whole numbers "
                       "above 0; found '{0}': {1}",
                       StringRef(key), content);
    (key == "min" ? policy.minCandidates : policy.maxCandidates) = *number;
  }
  if (policy.minCandidates > policy.maxCandidates)
    return makeError("contradiction: 'candidates' wants at least {0} and at "
                     "most {1}",
                     policy.minCandidates, policy.maxCandidates);
  return llvm::Error::success();
}

static llvm::Error readKey(StringRef key, const json::Value &value,
                           Policy &policy) {
  if (key == "move")
    return readMoves(value, policy);
  if (key == "follow")
    return readFollows(value, policy);
  if (key == "candidates")
    return readCandidates(value, policy);
  if (key != "name" && key != "description")
    return makeError(
        "unknown key '{0}', expected 'name', 'description', 'move', 'follow' "
        "or 'candidates'",
        key);
  std::optional<StringRef> text = value.getAsString();
  if (!text)
    return makeError("'{0}' must be a text", key);
  (key == "name" ? policy.name : policy.description) = text->str();
  return llvm::Error::success();
}

llvm::Expected<Policy> tuning::parsePolicy(StringRef text) {
  llvm::Expected<json::Value> value = json::parse(text);
  if (!value)
    return makeError("policy is not JSON: {0}",
                     llvm::toString(value.takeError()));
  const json::Object *object = value->getAsObject();
  if (!object || !object->get("move"))
    return makeError("a policy is a JSON object with 'name', 'move' and "
                     "'candidates'");
  Policy policy;
  for (const auto &[key, content] : *object)
    if (llvm::Error error = readKey(key, content, policy))
      return makeError("policy: {0}", llvm::toString(std::move(error)));
  for (Parameter parameter : policy.follows)
    if (policy.moves.count(parameter))
      return makeError("policy: contradiction: '{0}' is to move and to follow",
                       getName(parameter));
  if (policy.moves.empty() && policy.minCandidates > 1)
    return makeError("policy: contradiction: at least {0} candidates wanted, "
                     "but nothing may move",
                     policy.minCandidates);
  return policy;
}

//===----------------------------------------------------------------------===//
// Presets
//===----------------------------------------------------------------------===//

static std::string getPath(StringRef folder, StringRef name) {
  llvm::SmallString<128> path(folder);
  llvm::sys::path::append(path, name);
  return path.str().str();
}

std::string tuning::getPolicyFolder() {
  if (const char *folder = std::getenv("TT_POLICIES"))
    return folder;
  std::string installed =
      getPath(llvm::sys::path::parent_path(
                  llvm::sys::path::parent_path(getExecutablePath())),
              "share/tt/policies");
  if (llvm::sys::fs::is_directory(installed))
    return installed;
  return TT_SOURCE_POLICIES;
}

std::string tuning::getPinnedTable() {
  return getPath(llvm::sys::path::parent_path(getPolicyFolder()),
                 "pinned.json");
}

std::vector<std::string> tuning::getPresetNames() {
  std::vector<std::string> names;
  std::error_code error;
  for (llvm::sys::fs::directory_iterator file(getPolicyFolder(), error), end;
       file != end && !error; file.increment(error))
    if (llvm::sys::path::extension(file->path()) == ".json")
      names.push_back(llvm::sys::path::stem(file->path()).str());
  llvm::sort(names);
  return names;
}

llvm::Expected<Policy> tuning::loadPolicy(StringRef nameOrFile) {
  std::string path = nameOrFile.str();
  if (!llvm::sys::fs::is_regular_file(path))
    path = getPath(getPolicyFolder(), nameOrFile.str() + ".json");
  if (!llvm::sys::fs::is_regular_file(path))
    return makeError("no policy '{0}': neither a file nor one of the presets "
                     "{1}",
                     nameOrFile, llvm::join(getPresetNames(), ", "));
  llvm::Expected<std::string> text = readFile(path);
  if (!text)
    return text.takeError();
  llvm::Expected<Policy> policy = parsePolicy(*text);
  if (!policy)
    return makeError("{0}: {1}", path, llvm::toString(policy.takeError()));
  if (policy->name.empty())
    policy->name = llvm::sys::path::stem(path).str();
  return policy;
}
