package io.berth.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A class of tests with containers. Its {@link BerthContainer} fields are filled, and its methods
 * may have parameters of the types {@link io.berth.api.Engine}, {@link io.berth.api.Container} and
 * {@link ContainerPort}.
 *
 * <p>The engine is one for the whole run. The system properties {@code berth.root}, {@code
 * berth.images} and {@code berth.mirror} say how it is opened, see {@link
 * io.berth.settings.EngineSettings}. Tests may run in parallel.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ExtendWith(BerthExtension.class)
public @interface BerthTest {}
