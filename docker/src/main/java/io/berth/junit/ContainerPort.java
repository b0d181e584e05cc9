package io.berth.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The port of the host that leads to a container's, for a parameter of the type {@code int}, {@link
 * java.net.InetSocketAddress}, {@link java.net.URI} ({@code http://HOST:PORT}) or {@link
 * java.net.Socket}, a connection to it, which is closed after the test.
 */
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface ContainerPort {
  /** The port in the container. */
  int value();

  /** The name of the container's field; may be left out when there is one only. */
  String container() default "";
}
