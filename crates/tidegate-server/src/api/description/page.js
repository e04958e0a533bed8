// Shows the description of the API: every operation with its parameters, body and answers.

const METHODS = ["get", "post", "put", "patch", "delete"];

function element(name, text, ...children) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  made.append(...children);
  return made;
}

function resolve(description, schema) {
  if (!schema?.$ref) return schema;
  return description.components.schemas[schema.$ref.split("/").pop()];
}

function typeOf(schema) {
  if (!schema) return "";
  if (schema.$ref) return schema.$ref.split("/").pop();
  if (schema.oneOf) return schema.oneOf.map(typeOf).filter((name) => name !== "null").join(" or ");
  if (schema.type === "array") return `list of ${typeOf(schema.items)}`;
  return [schema.type].flat().filter((name) => name !== "null").join(" or ") || "any";
}

function table(heading, rows) {
  if (rows.length === 0) return [];
  const lines = rows.map(([name, type, text]) =>
    element("tr", "", element("th", name), element("td", type), element("td", text ?? "")));
  return [element("h3", heading), element("table", "", element("tbody", "", ...lines))];
}

function fields(description, schema) {
  const found = resolve(description, schema);
  const parts = found?.allOf ? found.allOf.map((part) => resolve(description, part)) : [found];
  return parts.flatMap((part) => Object.entries(part?.properties ?? {})
    .map(([name, field]) => [name, typeOf(field), field.description]));
}

function operation(description, path, method, found) {
  const scope = (found.security ?? []).flatMap((each) => Object.values(each)).flat().join(", ");
  const parameters = (found.parameters ?? [])
    .map((each) => [each.name, `${each.in}${each.required ? ", required" : ""}`, each.description]);
  const section = element("details", "", element("summary", "",
    element("code", method.toUpperCase()), element("code", path), element("span", found.summary ?? "")));
  section.append(element("p", found.description ?? ""), element("p", scope ? `Key with scope: ${scope}` : "No key needed"));
  section.append(...table("Parameters", parameters));
  const body = Object.values(found.requestBody?.content ?? {})[0]?.schema;
  section.append(...table("Body", fields(description, body)));
  const answer = Object.entries(found.responses ?? {}).find(([status]) => status.startsWith("2"));
  const schema = Object.values(answer?.[1].content ?? {})[0]?.schema;
  section.append(...table(`Answer ${answer?.[0] ?? ""}`, fields(description, schema)));
  return section;
}

async function show() {
  const place = document.getElementById("operations");
  const response = await fetch("openapi.json");
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  const description = await response.json();
  const sections = new Map();
  for (const [path, item] of Object.entries(description.paths)) {
    for (const method of METHODS.filter((name) => item[name])) {
      const tag = item[method].tags?.[0] ?? "other";
      if (!sections.has(tag)) sections.set(tag, element("section", "", element("h2", tag)));
      sections.get(tag).append(operation(description, path, method, item[method]));
    }
  }
  place.replaceChildren(...sections.values());
}

show().catch((error) => {
  document.getElementById("operations").replaceChildren(element("p", `Cannot show the API: ${error.message}`));
});
