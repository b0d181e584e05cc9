/**
 * Builds images from Dockerfiles: the stages and their steps, the cache of steps, and a display of
 * progress on the console. RUN steps are run by a {@link io.berth.build.StepRunner}.
 */
package io.berth.build;
