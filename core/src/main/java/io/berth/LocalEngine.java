package io.berth;

import io.berth.api.Containers;
import io.berth.api.Engine;
import io.berth.api.Images;
import io.berth.container.DefaultContainers;
import io.berth.container.RuntimeStepRunner;
import io.berth.container.Starter;
import io.berth.container.Users;
import io.berth.error.BerthException;
import io.berth.runtime.cgroup.CgroupLayout;
import io.berth.runtime.cgroup.Cgroups;
import io.berth.runtime.launch.NativeLauncher;
import io.berth.runtime.security.Architecture;
import io.berth.runtime.security.KernelVersion;
import io.berth.runtime.security.SeccompCompiler;
import io.berth.runtime.security.SeccompProfile;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/** The engine of this host: where everything is wired. */
final class LocalEngine implements Engine {
}
