/**
 * How containers are connected to networks: the contract of drivers, which others may implement
 * ({@link io.berth.net.driver.NetworkDriverProvider}).
 */
package io.berth.net.driver;
