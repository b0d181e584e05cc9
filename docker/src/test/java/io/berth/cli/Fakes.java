package io.berth.cli;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** Makes objects of large interfaces that answer through the few public methods of a fake. */
final class Fakes {
  private Fakes() {}

  static <T> T of(Class<T> type, Object fake) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, args) -> {
              try {
                return fake.getClass()
                    .getMethod(method.getName(), method.getParameterTypes())
                    .invoke(fake, args);
              } catch (NoSuchMethodException e) {
                throw new UnsupportedOperationException(fake + " has no " + method, e);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }
}
