package io.berth.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A container for tests, in a field of the type {@link io.berth.api.Container} of a {@link
 * BerthTest}. In a static field it is started before the first test of the class and removed after
 * the last; in another, once for each test. It is ready when the test begins. Static fields of a
 * superclass have one container for all classes of tests that run at the same time.
 *
 * <p>A container that does not become ready fails the tests with its last output; so does one that
 * has ended when a test fails.
 */
@Target(ElementType.FIELD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface BerthContainer {
  /** Pulled when it is not there. */
  String image();

  /** What to run in place of the image's command. */
  String[] command() default {};

  /** Variables, as {@code NAME=VALUE}. */
  String[] env() default {};

  /** TCP ports, each published at a free one of the host's and waited for. */
  int[] ports() default {};

  /** A regular expression for a line of output to wait for. */
  String log() default "";

  /** Whether to wait until its health check succeeds. */
  boolean healthy() default false;

  /** How long to wait at most, in seconds. */
  int timeout() default 60;
}
