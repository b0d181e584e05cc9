package io.berth.dockerfile;
public final class Dockerfile {}
