package io.millrace.conformance;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An object of a JSON file, asked for its members by name.
 *
 * <p>A member that is null counts as absent. Whatever is not of the kind asked for is reported with
 * its place, such as {@code case.json: outputs[0].node must be a text}.
 */
final class Fields {
  private final String file;
  private final String place;
  private final JsonObject object;

  private Fields(String file, String place, JsonObject object) {
    this.file = file;
    this.place = place;
    this.object = object;
  }

  /**
   * Reads a file.
   *
   * @param file the file's name, for messages
   * @throws BrokenCaseException if the text is not one JSON object
   */
  static Fields parse(String file, String text) throws BrokenCaseException {
    try (JsonReader reader = new JsonReader(new StringReader(text))) {
      reader.setStrictness(Strictness.STRICT);
      JsonElement root = JsonParser.parseReader(reader);
      if (reader.peek() == JsonToken.END_DOCUMENT && root instanceof JsonObject object) {
        return new Fields(file, "", object);
      }
    } catch (IOException | JsonParseException e) {
      throw new BrokenCaseException(file, "is not JSON" + place(Text.firstLine(e)), e);
    }
    throw new BrokenCaseException(file, "is not one JSON object");
  }

  /**
   * Returns where a message of the library's says the mistake is; the rest is advice on its API.
   */
  private static String place(String message) {
    int at = message.indexOf(" at line ");
    return at < 0 ? ": " + message : message.substring(at);
  }

  /** Returns whether there is a member of this name that is not null. */
  boolean has(String name) {
    return object.has(name) && !object.get(name).isJsonNull();
  }

  /** Returns a text. */
  String text(String name) throws BrokenCaseException {
    return text(place + name, object.get(name));
  }

  /** Returns a text, if there is one. */
  Optional<String> optionalText(String name) throws BrokenCaseException {
    return has(name) ? Optional.of(text(name)) : Optional.empty();
  }

  /** Returns a number. */
  double number(String name) throws BrokenCaseException {
    return number(place + name, object.get(name));
  }

  /** Returns a number, or another if there is none. */
  double number(String name, double otherwise) throws BrokenCaseException {
    return has(name) ? number(name) : otherwise;
  }

  /** Returns an integer that is not negative. */
  int count(String name) throws BrokenCaseException {
    return count(place + name, object.get(name));
  }

  /** Returns a list of texts. */
  List<String> texts(String name) throws BrokenCaseException {
    List<String> texts = new ArrayList<>();
    for (JsonElement element : array(name)) {
      texts.add(text(place + name + "[" + texts.size() + "]", element));
    }
    return texts;
  }

  /** Returns a list of integers that are not negative. */
  long[] counts(String name) throws BrokenCaseException {
    JsonArray array = array(name);
    long[] counts = new long[array.size()];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = count(place + name + "[" + i + "]", array.get(i));
    }
    return counts;
  }

  /** Returns an object. */
  Fields object(String name) throws BrokenCaseException {
    return fields(place + name, object.get(name));
  }

  /** Returns a list of objects; an empty one if there is none. */
  List<Fields> objects(String name) throws BrokenCaseException {
    List<Fields> objects = new ArrayList<>();
    if (has(name)) {
      for (JsonElement element : array(name)) {
        objects.add(fields(place + name + "[" + objects.size() + "]", element));
      }
    }
    return objects;
  }

  /** Makes an exception which says that a member breaks a rule. */
  BrokenCaseException broken(String name, String problem) {
    return new BrokenCaseException(file, place + name + " " + problem);
  }

  private JsonArray array(String name) throws BrokenCaseException {
    if (object.get(name) instanceof JsonArray array) {
      return array;
    }
    throw wrong(place + name, "a list");
  }

  private Fields fields(String at, @Nullable JsonElement element) throws BrokenCaseException {
    if (element instanceof JsonObject fields) {
      return new Fields(file, at + ".", fields);
    }
    throw wrong(at, "an object");
  }

  private String text(String at, @Nullable JsonElement element) throws BrokenCaseException {
    if (element instanceof JsonPrimitive primitive && primitive.isString()) {
      return primitive.getAsString();
    }
    throw wrong(at, "a text");
  }

  private double number(String at, @Nullable JsonElement element) throws BrokenCaseException {
    if (element instanceof JsonPrimitive primitive && primitive.isNumber()) {
      return primitive.getAsDouble();
    }
    throw wrong(at, "a number");
  }

  private int count(String at, @Nullable JsonElement element) throws BrokenCaseException {
    double number = number(at, element);
    if (number != Math.rint(number) || number < 0 || number > Integer.MAX_VALUE) {
      throw wrong(at, "an integer that is not negative");
    }
    return (int) number;
  }

  private BrokenCaseException wrong(String at, String kind) {
    return new BrokenCaseException(file, at + " must be " + kind);
  }
}
