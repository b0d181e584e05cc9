package io.berth.remote.call;

import com.fasterxml.jackson.databind.MappingIterator;
import io.berth.remote.transport.Answer;
import io.berth.server.wire.WireJson;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The documents of an answer, as they come.
 *
 * @param <D> the document
 * @param <T> what is made of it; documents that nothing is made of are passed over
 */
public final class JsonFeed<D, T> implements StreamFeed.Source<T> {
  private final Api api;
  private final Answer answer;
  private final Function<D, Optional<T>> made;
  private final Class<D> type;
  private MappingIterator<D> documents;
  private volatile boolean closed;

  public JsonFeed(Api api, Answer answer, Class<D> type, Function<D, Optional<T>> made) {
    this.api = api;
    this.answer = answer;
    this.type = type;
    this.made = made;
  }

  @Override
  public Optional<T> next() {
    try {
      if (documents == null) {
        documents = WireJson.all(answer.body(), type);
      }
      while (!closed && documents.hasNextValue()) {
        Optional<T> one = made.apply(documents.nextValue());
        if (one.isPresent()) {
          return one;
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      if (closed) {
        return Optional.empty();
      }
      throw api.transport().broken(answer.sendingFailed().orElse(e));
    }
  }

  void forEachHere(Consumer<? super T> action) {
    for (Optional<T> one = next(); one.isPresent(); one = next()) {
      action.accept(one.get());
    }
  }

  @Override
  public void close() {
    closed = true;
    answer.close();
  }
}
