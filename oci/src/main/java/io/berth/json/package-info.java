/**
 * Strict JSON for wire formats and for state files, on Jackson's tree model.
 *
 * <p>Reading goes through a cursor that knows its path, so that every error says where it is:
 *
 * <pre>{@code
 * JsonReader json = Json.parse("container", Files.readAllBytes(file));
 * String id = json.string("id");
 * Optional<String> name = json.optionalString("name");
 * List<Mount> mounts = json.list("mounts", Mount::read); // absent or null: empty
 * Digest image = json.at("image").as("a digest", Digest::parse);
 * // container.mounts[2].target: expected a string, found 5
 * }</pre>
 *
 * <p>Writing keeps the order of the calls, leaves out what is empty, and sorts the keys of maps, so
 * that equal values give equal bytes:
 *
 * <pre>{@code
 * byte[] bytes = new JsonWriter()
 *     .put("id", id)
 *     .put("name", name)                       // Optional: left out when empty
 *     .list("mounts", mounts, Mount::toNode)   // left out when empty
 *     .toBytes();
 * }</pre>
 *
 * <p>By convention a value has {@code static T read(JsonReader)} and {@code ObjectNode toNode()}.
 * Fields that are not asked for are ignored; {@link io.berth.json.JsonReader#onlyFields} rejects
 * them, and {@link io.berth.json.UnknownFields} carries them along.
 */
package io.berth.json;
