/**
 * Containers in JUnit 5 tests without Testcontainers.
 *
 * <pre>{@code
 * @BerthTest
 * class CacheTest {
 *   @BerthContainer(image = "redis:7", ports = 6379)
 *   static Container redis;
 *
 *   @Test
 *   void answers(@ContainerPort(container = "redis", value = 6379) int port) { ... }
 * }
 * }</pre>
 */
package io.berth.junit;
