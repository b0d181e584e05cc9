/** Small helpers that the services share; not for applications. */
package io.berth.internal;
