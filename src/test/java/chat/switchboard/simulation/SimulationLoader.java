package chat.switchboard.simulation;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * Loads the classes of the service a second time, for the simulation alone. Three things differ
 * from the classes on disk: the time and the randomness of the JDK come from {@link Bridge}, the
 * worker pool of Mutiny is the scheduler of the simulation, and the Panache classes have the bodies
 * that the Quarkus build generates, over the model of MongoDB.
 */
final class SimulationLoader extends ClassLoader {

  private static final String BRIDGE = "chat/switchboard/simulation/Bridge";
  private static final String PANACHE = "io/quarkus/mongodb/panache/";
  private static final String ENTITY = PANACHE + "reactive/ReactivePanacheMongoEntityBase";
  private static final String REPOSITORY = PANACHE + "reactive/ReactivePanacheMongoRepositoryBase";
  private static final String OPERATIONS = PANACHE + "reactive/runtime/JavaReactiveMongoOperations";
  private static final String BASE_OPERATIONS =
      PANACHE + "common/reactive/runtime/ReactiveMongoOperations";
  private static final String GENERATED = "Lio/quarkus/panache/common/impl/GenerateBridge;";
  private static final String CARRIER = "chat/switchboard/twilio/TwilioCarrier";
  private static final String STREAM_DOOR = "chat/switchboard/stream/StreamDoor";
  private static final String ONE_TRY = "chat/switchboard/twilio/OneTryClient";
  private static final String POOL = "java/util/concurrent/ThreadPoolExecutor";
  private static final String SIMULATED_POOL = "chat/switchboard/simulation/SimulatedPool";
  private static final String OBJECT_ID = "org/bson/types/ObjectId";
  private static final String THREAD_RANDOM = "java/util/concurrent/ThreadLocalRandom";

  /** The packages that are loaded again; all other classes are those of the test. */
  private static final List<String> AGAIN =
      List.of("chat.switchboard.", "io.quarkus.", "io.smallrye.");

  /** The methods of the JDK that the bridge has, for references to them. */
  private static final List<String> REDIRECTED =
      List.of("java/lang/System.nanoTime", "java/util/UUID.randomUUID");

  /** A method whose body the Quarkus build generates. */
  private record Generated(String name, String descriptor) {}

  private final Map<String, byte[]> mutants;
  private Map<Generated, String> operations;

  /**
   * @param mutants the class files that are used instead of those on disk, by the class's name
   */
  SimulationLoader(ClassLoader parent, Map<String, byte[]> mutants) {
    super(parent);
    this.mutants = mutants;
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (AGAIN.stream().noneMatch(name::startsWith)) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      return loaded != null ? loaded : findClass(name);
    }
  }

  /** Mutiny runs without its extensions, such as the propagation of contexts. */
  @Override
  public java.util.Enumeration<URL> getResources(String name) throws IOException {
    return name.startsWith("META-INF/services/io.smallrye.mutiny")
        ? java.util.Collections.emptyEnumeration()
        : super.getResources(name);
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    byte[] original = bytes(name.replace('.', '/'));
    if (original == null) {
      throw new ClassNotFoundException(name);
    }
    byte[] changed = changed(original);
    return defineClass(name, changed, 0, changed.length);
  }

  /** Returns the class file; null if there is none. */
  private byte[] bytes(String internalName) {
    byte[] mutated = mutants.get(internalName.replace('/', '.'));
    if (mutated != null) {
      return mutated;
    }
    try {
      URL url = getParent().getResource(internalName + ".class");
      if (url == null) {
        return null;
      }
      try (InputStream in = url.openStream()) {
        return in.readAllBytes();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private byte[] changed(byte[] original) {
    ClassReader reader = new ClassReader(original);
    ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
    reader.accept(new Change(writer, reader), 0);
    return writer.toByteArray();
  }

  private Map<Generated, String> operations() {
    if (operations == null) {
      Map<Generated, String> found = new HashMap<>();
      new ClassReader(bytes(BASE_OPERATIONS))
          .accept(
              new ClassVisitor(Opcodes.ASM9) {
                @Override
                public MethodVisitor visitMethod(
                    int access, String name, String descriptor, String sign, String[] thrown) {
                  if ((access & Opcodes.ACC_PUBLIC) != 0) {
                    int end = descriptor.indexOf(')') + 1;
                    found.put(
                        new Generated(name, descriptor.substring(0, end)),
                        descriptor.substring(end));
                  }
                  return null;
                }
              },
              ClassReader.SKIP_CODE);
      operations = found;
    }
    return operations;
  }

  private final class Change extends ClassVisitor {
    private final ClassReader reader;

    Change(ClassVisitor next, ClassReader reader) {
      super(Opcodes.ASM9, next);
      this.reader = reader;
    }

    @Override
    public void visit(
        int version, int access, String name, String sign, String parent, String[] interfaces) {
      super.visit(version, access, name, sign, parent, interfaces);
      boolean isInterface = (access & Opcodes.ACC_INTERFACE) != 0;
      if (ENTITY.equals(parent)) {
        generate(ENTITY, name, true);
      } else if (!isInterface && List.of(interfaces).contains(REPOSITORY)) {
        int begin = sign.indexOf(REPOSITORY + "<L") + REPOSITORY.length() + 2;
        generate(REPOSITORY, sign.substring(begin, sign.indexOf(';', begin)), false);
      }
    }

    private void generate(String base, String entity, boolean isStatic) {
      new ClassReader(bytes(base))
          .accept(
              new ClassVisitor(Opcodes.ASM9) {
                @Override
                public MethodVisitor visitMethod(
                    int access, String name, String descriptor, String sign, String[] thrown) {
                  return new MethodVisitor(Opcodes.ASM9) {
                    @Override
                    public org.objectweb.asm.AnnotationVisitor visitAnnotation(
                        String annotation, boolean visible) {
                      if (GENERATED.equals(annotation)) {
                        body(entity, isStatic, name, descriptor);
                      }
                      return null;
                    }
                  };
                }
              },
              ClassReader.SKIP_CODE);
    }

    /** Calls the operation of Panache with the class of the entity. */
    private void body(String entity, boolean isStatic, String name, String descriptor) {
      String arguments = descriptor.substring(1, descriptor.indexOf(')') + 1);
      String withClass = "(Ljava/lang/Class;" + arguments;
      String returned = operations().get(new Generated(name, withClass));
      boolean takesClass = returned != null;
      String called = takesClass ? withClass : "(" + arguments;
      if (!takesClass) {
        returned = operations().get(new Generated(name, called));
      }
      if (returned == null) {
        return;
      }
      MethodVisitor code =
          super.visitMethod(
              Opcodes.ACC_PUBLIC | (isStatic ? Opcodes.ACC_STATIC : 0),
              name,
              descriptor,
              null,
              null);
      code.visitCode();
      code.visitFieldInsn(Opcodes.GETSTATIC, OPERATIONS, "INSTANCE", "L" + OPERATIONS + ";");
      if (takesClass) {
        code.visitLdcInsn(Type.getObjectType(entity));
      }
      int slot = isStatic ? 0 : 1;
      for (Type argument : Type.getArgumentTypes(descriptor)) {
        code.visitVarInsn(argument.getOpcode(Opcodes.ILOAD), slot);
        slot += argument.getSize();
      }
      code.visitMethodInsn(Opcodes.INVOKEVIRTUAL, OPERATIONS, name, called + returned, false);
      Type result = Type.getReturnType(descriptor);
      if (result.getSort() == Type.OBJECT) {
        code.visitTypeInsn(Opcodes.CHECKCAST, result.getInternalName());
      }
      code.visitInsn(result.getOpcode(Opcodes.IRETURN));
      code.visitMaxs(0, 0);
      code.visitEnd();
    }

    @Override
    public MethodVisitor visitMethod(
        int access, String name, String descriptor, String sign, String[] thrown) {
      MethodVisitor next = super.visitMethod(access, name, descriptor, sign, thrown);
      if (reader.getClassName().equals(BASE_OPERATIONS) && name.equals("mongoDatabase")) {
        return replaced(next, "database", descriptor);
      }
      if (reader.getClassName().equals("io/smallrye/mutiny/infrastructure/Infrastructure")
          && (name.equals("getDefaultWorkerPool") || name.equals("getDefaultExecutor"))) {
        return replaced(next, "scheduler", descriptor);
      }
      if (reader.getClassName().equals(ONE_TRY) && name.equals("reliableRequest")) {
        return twilio(next);
      }
      if (reader.getClassName().equals(ONE_TRY) && name.equals("hasLeft")) {
        return hasLeft(next);
      }
      if (reader.getClassName().startsWith("chat/switchboard/simulation/")) {
        return next;
      }
      if (reader.getClassName().equals(STREAM_DOOR)) {
        return new Calls(new Contexts(next));
      }
      return new Calls(reader.getClassName().equals(CARRIER) ? new Pools(next) : next);
    }

    /** Lets the model of Twilio take the request. */
    private static MethodVisitor twilio(MethodVisitor code) {
      code.visitCode();
      code.visitVarInsn(Opcodes.ALOAD, 1);
      code.visitMethodInsn(
          Opcodes.INVOKESTATIC,
          BRIDGE,
          "twilio",
          "(Lcom/twilio/http/Request;)Lcom/twilio/http/Response;",
          false);
      code.visitInsn(Opcodes.ARETURN);
      code.visitMaxs(0, 0);
      code.visitEnd();
      return null;
    }

    private static MethodVisitor hasLeft(MethodVisitor code) {
      code.visitCode();
      code.visitMethodInsn(Opcodes.INVOKESTATIC, BRIDGE, "hasLeft", "()Z", false);
      code.visitInsn(Opcodes.IRETURN);
      code.visitMaxs(0, 0);
      code.visitEnd();
      return null;
    }

    /** Replaces the body by a call of the bridge, which returns the object of the simulation. */
    private MethodVisitor replaced(MethodVisitor code, String bridged, String descriptor) {
      String type = Type.getReturnType(descriptor).getDescriptor();
      code.visitCode();
      code.visitMethodInsn(Opcodes.INVOKESTATIC, BRIDGE, bridged, "()" + typeOf(type), false);
      code.visitInsn(Opcodes.ARETURN);
      code.visitMaxs(0, 0);
      code.visitEnd();
      return null;
    }

    private static String typeOf(String type) {
      return type.equals("Ljava/util/concurrent/Executor;")
          ? "Ljava/util/concurrent/ScheduledExecutorService;"
          : type;
    }
  }

  /** Makes the thread pool of the simulation. */
  private static final class Pools extends MethodVisitor {

    Pools(MethodVisitor next) {
      super(Opcodes.ASM9, next);
    }

    @Override
    public void visitTypeInsn(int opcode, String type) {
      super.visitTypeInsn(
          opcode, opcode == Opcodes.NEW && type.equals(POOL) ? SIMULATED_POOL : type);
    }

    @Override
    public void visitMethodInsn(
        int opcode, String owner, String name, String descriptor, boolean isInterface) {
      boolean makes = owner.equals(POOL) && name.equals("<init>");
      super.visitMethodInsn(opcode, makes ? SIMULATED_POOL : owner, name, descriptor, isInterface);
    }
  }

  /** Takes the context of Vert.x from the bridge. */
  private static final class Contexts extends MethodVisitor {

    Contexts(MethodVisitor next) {
      super(Opcodes.ASM9, next);
    }

    @Override
    public void visitMethodInsn(
        int opcode, String owner, String name, String descriptor, boolean isInterface) {
      if (owner.equals("io/vertx/core/Vertx") && name.equals("currentContext")) {
        super.visitMethodInsn(opcode, BRIDGE, name, descriptor, false);
      } else {
        super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
      }
    }
  }

  /** Takes time and randomness from the bridge. */
  private static final class Calls extends MethodVisitor {

    Calls(MethodVisitor next) {
      super(Opcodes.ASM9, next);
    }

    @Override
    public void visitMethodInsn(
        int opcode, String owner, String name, String descriptor, boolean isInterface) {
      String call = owner + "." + name;
      switch (call) {
        case "java/lang/System.nanoTime",
            "java/lang/System.currentTimeMillis",
            "java/util/UUID.randomUUID" ->
            super.visitMethodInsn(Opcodes.INVOKESTATIC, BRIDGE, name, descriptor, false);
        case "java/util/Set.copyOf" ->
            super.visitMethodInsn(Opcodes.INVOKESTATIC, BRIDGE, name, descriptor, false);
        case OBJECT_ID + ".<init>" -> {
          boolean isNew = descriptor.equals("()V");
          if (isNew) {
            super.visitMethodInsn(Opcodes.INVOKESTATIC, BRIDGE, "objectId", "()[B", false);
          }
          super.visitMethodInsn(opcode, owner, name, isNew ? "([B)V" : descriptor, false);
        }
        case THREAD_RANDOM + ".current" ->
            super.visitMethodInsn(
                Opcodes.INVOKESTATIC, BRIDGE, "random", "()Ljava/util/Random;", false);
        default ->
            super.visitMethodInsn(
                opcode,
                owner.equals(THREAD_RANDOM) ? "java/util/Random" : owner,
                name,
                descriptor,
                isInterface);
      }
    }

    @Override
    public void visitFrame(int type, int locals, Object[] local, int stacked, Object[] stack) {
      super.visitFrame(type, locals, random(local), stacked, random(stack));
    }

    private static Object[] random(Object[] types) {
      return types == null
          ? null
          : java.util.Arrays.stream(types)
              .map(type -> THREAD_RANDOM.equals(type) ? "java/util/Random" : type)
              .toArray();
    }

    @Override
    public void visitInvokeDynamicInsn(
        String name, String descriptor, org.objectweb.asm.Handle bootstrap, Object... arguments) {
      Object[] changed = arguments.clone();
      for (int i = 0; i < changed.length; i++) {
        if (changed[i] instanceof org.objectweb.asm.Handle handle
            && REDIRECTED.contains(handle.getOwner() + "." + handle.getName())) {
          changed[i] =
              new org.objectweb.asm.Handle(
                  Opcodes.H_INVOKESTATIC, BRIDGE, handle.getName(), handle.getDesc(), false);
        }
      }
      super.visitInvokeDynamicInsn(name, descriptor, bootstrap, changed);
    }
  }
}
